#include "wire/http_client.hpp"

#include "load_error.hpp"
#include "wire/wrapping.hpp"

#include <utility>

namespace outside {

std::string http_get(const std::string& target)
{
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string http_post(const std::string& target, std::string_view body, std::string_view headers)
{
    std::string request = "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    return request.append(headers).append("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").append(body);
}

void HttpClient::send(std::string_view request, Handler handler)
{
    if (handler_ || is_closed()) {
        fail("a request on a connection that is busy or closed");
    }

    handler_ = std::move(handler);
    write(request);
}

HttpAnswer HttpClient::ask(std::string_view request, Duration patience)
{
    std::optional<HttpAnswer> answer;
    send(request, [&answer](const HttpAnswer& given) { answer = given; });
    if (!loop().run_while([&answer] { return !answer; }, patience)) {
        handler_ = nullptr;
        fail("no answer in time to " + std::string(request.substr(0, request.find('\r'))));
    }

    return *answer;
}

std::size_t HttpClient::take(std::string_view bytes)
{
    const auto read = read_answer(bytes);
    if (!read) {
        return 0;
    }

    if (!handler_) {
        refuse(bytes);
    }

    std::exchange(handler_, nullptr)(read->answer);
    return read->size;
}

void HttpClient::ended(const std::string& why)
{
    if (handler_) {
        fail("a request was not answered: " + why);
    }
}

} // namespace outside
