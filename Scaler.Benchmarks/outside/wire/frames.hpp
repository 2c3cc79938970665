#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outside {

/// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A frame of a server. Its payload points into the bytes it was read from.
struct ServerFrame {
    Opcode opcode;
    bool is_final;
    std::string_view payload;
    std::size_t size;
};

/// Reads the first frame, when it is there as a whole; fails on one that no server may send.
std::optional<ServerFrame> read_frame(std::string_view bytes);

/// A whole frame as a client sends it: masked.
std::string client_frame(Opcode opcode, std::string_view payload);

/// Where the payload begins in such a frame; the four bytes before are its mask.
std::size_t payload_offset(std::string_view client_frame);

} // namespace outside
