#include "wire/frames.hpp"

#include "load_error.hpp"

#include <sys/random.h>

namespace outside {

namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::size_t mask_size = 4;

/// More than any message here: a length that was misread is noticed before it is waited for.
constexpr std::uint64_t longest = 1024 * 1024;

std::uint8_t byte_at(std::string_view bytes, std::size_t at)
{
    return static_cast<std::uint8_t>(bytes[at]);
}

} // namespace

std::optional<ServerFrame> read_frame(std::string_view bytes)
{
    if (bytes.size() < 2) {
        return std::nullopt;
    }

    const auto first = byte_at(bytes, 0);
    const auto second = byte_at(bytes, 1);
    if ((first & reserved_bits) != 0 || (second & mask_bit) != 0) {
        fail("a frame with reserved bits, or a masked one");
    }

    // 81 05 …: 5 bytes. 81 7E 01 00 …: 256. 81 7F, and eight bytes of length: more.
    const std::size_t length_size = second < 126 ? 0 : second == 126 ? 2 : 8;
    if (bytes.size() < 2 + length_size) {
        return std::nullopt;
    }

    std::uint64_t length = length_size == 0 ? second : 0;
    for (std::size_t i = 0; i < length_size; i++) {
        length = length << 8 | byte_at(bytes, 2 + i);
    }

    if (length > longest) {
        fail("a frame of " + std::to_string(length) + " bytes");
    }

    const auto size = 2 + length_size + static_cast<std::size_t>(length);
    if (bytes.size() < size) {
        return std::nullopt;
    }

    return ServerFrame{static_cast<Opcode>(first & opcode_bits), (first & final_bit) != 0,
        bytes.substr(2 + length_size, static_cast<std::size_t>(length)), size};
}

std::string client_frame(Opcode opcode, std::string_view payload)
{
    if (payload.size() > 0xFFFF) {
        fail("a message that is too long to be sent");
    }

    std::string frame(1, static_cast<char>(final_bit | static_cast<std::uint8_t>(opcode)));
    if (payload.size() < 126) {
        frame += static_cast<char>(mask_bit | payload.size());
    } else {
        frame += static_cast<char>(mask_bit | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xFF);
    }

    char mask[mask_size];
    if (getrandom(mask, mask_size, 0) != mask_size) {
        fail_call("getrandom");
    }

    frame.append(mask, mask_size);
    for (std::size_t i = 0; i < payload.size(); i++) {
        frame += static_cast<char>(payload[i] ^ mask[i % mask_size]);
    }

    return frame;
}

std::size_t payload_offset(std::string_view client_frame)
{
    return (byte_at(client_frame, 1) & ~mask_bit) == 126 ? 4 + mask_size : 2 + mask_size;
}

} // namespace outside
