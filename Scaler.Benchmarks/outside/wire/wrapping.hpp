#pragma once

#include <string>
#include <string_view>

namespace outside {

/// What stands around an event's name and its text; neither has anything in it here that would need escaping.
struct Wrapping {
    std::string_view before;
    std::string_view between;
    std::string_view behind;

    std::string write(std::string_view event, std::string_view text) const;

    /// The text of a message that was written so; fails on any other.
    std::string_view read(std::string_view message) const;
};

/// Says that a server has sent what it should not have.
[[noreturn]] void refuse(std::string_view what);

} // namespace outside
