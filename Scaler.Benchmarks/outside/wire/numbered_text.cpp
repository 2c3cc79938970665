#include "wire/numbered_text.hpp"

#include "load_error.hpp"
#include "wire/frames.hpp"
#include "wire/wrapping.hpp"

namespace outside {

namespace {

constexpr std::size_t digits = 8;

void write_number(char* to, std::uint64_t number)
{
    for (std::size_t i = digits; i-- > 0; number /= 10) {
        to[i] = static_cast<char>('0' + number % 10);
    }
}

} // namespace

NumberedText::NumberedText(std::size_t size) : text_(size, 'x')
{
    if (size < digits) {
        fail("a text that is too short for its number");
    }
}

std::string_view NumberedText::with(std::uint64_t number)
{
    write_number(text_.data(), number);
    return text_;
}

std::uint64_t NumberedText::number_of(std::string_view text)
{
    std::uint64_t number = 0;
    for (const char digit : text.substr(0, digits)) {
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }

    // Written again, it has to be the same: its length, its digits and what follows are checked at once.
    if (with(number) != text) {
        refuse(text);
    }

    return number;
}

NumberedFrame::NumberedFrame(const Dialect& dialect, std::string_view event, std::size_t size)
{
    NumberedText text(size);
    const auto message = dialect.message(event, text.with(0));
    frame_ = client_frame(Opcode::text, message);
    const auto payload = payload_offset(frame_);
    const auto place = message.find(text.with(0));
    number_ = payload + place;
    for (std::size_t i = 0; i < sizeof mask_; i++) {
        mask_[i] = frame_[payload - sizeof mask_ + (place + i) % sizeof mask_];
    }
}

void NumberedFrame::append_to(std::string& frames, std::uint64_t number) const
{
    const auto begin = frames.size();
    frames.append(frame_);
    const auto place = frames.data() + begin + number_;
    write_number(place, number);
    for (std::size_t i = 0; i < digits; i++) {
        place[i] = static_cast<char>(place[i] ^ mask_[i % sizeof mask_]);
    }
}

} // namespace outside
