#pragma once

#include <chrono>

namespace outside {

/// What all durations here are measured by; changes of the time of day do not move it.
using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Duration = std::chrono::nanoseconds;

inline double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

inline double microseconds(Duration duration)
{
    return std::chrono::duration<double, std::micro>(duration).count();
}

inline Duration from_seconds(double seconds)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

} // namespace outside
