#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace outside {

struct HttpAnswer {
    int status;
    std::string body;
};

/// An answer, and how many bytes it took.
struct ReadAnswer {
    HttpAnswer answer;
    std::size_t size;
};

/// Reads an answer of HTTP/1.1, when it is there as a whole.
std::optional<ReadAnswer> read_answer(std::string_view bytes);

} // namespace outside
