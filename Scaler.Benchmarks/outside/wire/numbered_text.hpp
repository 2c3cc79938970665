#pragma once

#include "wire/dialect.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outside {

/// What most scenarios send, in bytes.
inline constexpr std::size_t usual_size = 64;

/// Texts of one size, each told from the others by the number it begins with: so it shows when a message is lost, comes
/// twice, comes out of order, or to somebody else.
class NumberedText {
public:
    explicit NumberedText(std::size_t size);

    /// The text with a number; valid until the next call.
    std::string_view with(std::uint64_t number);

    /// The number of a text; fails where it is no such text.
    std::uint64_t number_of(std::string_view text);

private:
    std::string text_;
};

/// Frames of such messages. They are encoded once, and only the number is written again: the load is to cost the machine
/// little.
class NumberedFrame {
public:
    NumberedFrame(const Dialect& dialect, std::string_view event, std::size_t size);

    void append_to(std::string& frames, std::uint64_t number) const;

private:
    std::string frame_;
    std::size_t number_;
    char mask_[4];
};

} // namespace outside
