#pragma once

#include "wire/http_answer.hpp"
#include "wire/tcp_stream.hpp"

#include <functional>

namespace outside {

std::string http_get(const std::string& target);

/// @param headers Whole lines, with their ends.
std::string http_post(
    const std::string& target, std::string_view body, std::string_view headers = "Content-Type: text/plain;charset=UTF-8\r\n");

/// A kept-alive HTTP/1.1 connection, with one request at a time.
class HttpClient final : public TcpStream {
public:
    using Handler = std::function<void(const HttpAnswer&)>;

    using TcpStream::TcpStream;

    /// Sends a request; the handler gets its answer, and may send the next.
    void send(std::string_view request, Handler handler);

    /// Sends a request, and lets the loop run until the answer is there.
    HttpAnswer ask(std::string_view request, Duration patience = std::chrono::seconds(5));

protected:
    std::size_t take(std::string_view bytes) override;
    void ended(const std::string& why) override;

private:
    Handler handler_;
};

} // namespace outside
