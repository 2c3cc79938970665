#include "wire/wrapping.hpp"

#include "load_error.hpp"

namespace outside {

namespace {

bool skip(std::string_view& text, std::string_view prefix)
{
    const bool is_there = text.starts_with(prefix);
    text.remove_prefix(is_there ? prefix.size() : 0);
    return is_there;
}

} // namespace

std::string Wrapping::write(std::string_view event, std::string_view text) const
{
    std::string message(before);
    message.append(event).append(between).append(text).append(behind);
    return message;
}

std::string_view Wrapping::read(std::string_view message) const
{
    auto rest = message;
    if (!skip(rest, before) || !(skip(rest, "echo") || skip(rest, "chat")) || !skip(rest, between) || !rest.ends_with(behind)) {
        refuse(message);
    }

    rest.remove_suffix(behind.size());
    return rest;
}

void refuse(std::string_view what)
{
    constexpr std::size_t enough = 200;
    fail("the server sent what does not belong there: " + std::string(what.substr(0, enough)));
}

} // namespace outside
