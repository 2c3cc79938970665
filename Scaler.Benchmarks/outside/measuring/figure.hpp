#pragma once

#include <string_view>

/// The names of what is measured, with their units.
namespace outside::figure {

inline constexpr std::string_view cpu = "CPU µs";
inline constexpr std::string_view added_cpu = "added CPU ÷ local CPU";
inline constexpr std::string_view redis_cpu = "Redis CPU µs";
inline constexpr std::string_view redis_commands = "Redis commands";
inline constexpr std::string_view rate = "per second";
inline constexpr std::string_view median = "p50 ms";
inline constexpr std::string_view p99 = "p99 ms";
inline constexpr std::string_view memory = "RSS KiB";

} // namespace outside::figure
