#include "wire/http_answer.hpp"

#include "load_error.hpp"
#include "wire/wrapping.hpp"

#include <strings.h>

#include <charconv>

namespace outside {

namespace {

constexpr std::string_view line_end = "\r\n";

std::size_t parse_number(std::string_view text, int base)
{
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || (end != text.data() + text.size() && *end != ';')) {
        refuse(text);
    }

    return value;
}

/// The value of a header in a head whose every line ends with CR LF.
std::optional<std::string_view> header(std::string_view head, std::string_view name)
{
    for (auto begin = head.find(line_end) + 2; begin < head.size();) {
        const auto line = head.substr(begin, head.find(line_end, begin) - begin);
        if (line.size() > name.size() && line[name.size()] == ':' && strncasecmp(line.data(), name.data(), name.size()) == 0) {
            const auto value = line.find_first_not_of(' ', name.size() + 1);
            return value == std::string_view::npos ? std::string_view() : line.substr(value);
        }

        begin += line.size() + line_end.size();
    }

    return std::nullopt;
}

/// RFC 9112 section 7.1: 2\r\nok\r\n0\r\n\r\n
std::optional<ReadAnswer> read_chunks(int status, std::string_view bytes, std::size_t begin)
{
    ReadAnswer read{{status, {}}, begin};
    while (true) {
        const auto end_of_size = bytes.find(line_end, read.size);
        if (end_of_size == std::string_view::npos) {
            return std::nullopt;
        }

        const auto length = parse_number(bytes.substr(read.size, end_of_size - read.size), 16);
        const auto chunk = end_of_size + line_end.size();
        if (bytes.size() < chunk + length + line_end.size()) {
            return std::nullopt;
        }

        read.answer.body.append(bytes.substr(chunk, length));
        read.size = chunk + length + line_end.size();
        if (length == 0) {
            return read;
        }
    }
}

} // namespace

std::optional<ReadAnswer> read_answer(std::string_view bytes)
{
    constexpr std::string_view version = "HTTP/1.1 ";
    constexpr std::size_t longest = 1024 * 1024;
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() > longest) {
            refuse(bytes);
        }

        return std::nullopt;
    }

    const auto head = bytes.substr(0, end + line_end.size());
    if (!head.starts_with(version)) {
        refuse(bytes);
    }

    const auto status = static_cast<int>(parse_number(head.substr(version.size(), 3), 10));
    const auto begin = end + 4;
    if (status == 204 || status == 304) {
        return ReadAnswer{{status, {}}, begin};
    }

    if (const auto encoding = header(head, "transfer-encoding")) {
        if (*encoding != "chunked") {
            fail("an answer in another transfer coding");
        }

        return read_chunks(status, bytes, begin);
    }

    const auto length_text = header(head, "content-length");
    if (!length_text) {
        fail("an answer without a length");
    }

    const auto length = parse_number(*length_text, 10);
    if (length > longest) {
        refuse(bytes);
    }

    if (bytes.size() < begin + length) {
        return std::nullopt;
    }

    return ReadAnswer{{status, std::string(bytes.substr(begin, length))}, begin + length};
}

} // namespace outside
