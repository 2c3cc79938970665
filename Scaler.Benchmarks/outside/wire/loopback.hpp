#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

namespace outside {

/// Where a server listens, on 127.0.0.1: nothing here speaks to another machine.
using Port = std::uint16_t;

inline sockaddr_in loopback(Port port, std::uint8_t host = 1)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7F000000u | host);
    return address;
}

inline std::string name_of(Port port)
{
    return "127.0.0.1:" + std::to_string(port);
}

/// A port that nobody listens on at the moment.
Port free_port();

} // namespace outside
