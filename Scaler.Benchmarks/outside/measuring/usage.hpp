#pragma once

#include "measuring/clock.hpp"
#include "measuring/sample.hpp"
#include "servers/server_group.hpp"

namespace outside {

/// What servers have used, and how long that took.
struct Usage {
    Duration cpu{};
    Duration redis_cpu{};
    Duration elapsed{};

    Usage& operator+=(const Usage& other);

    /// Its CPU time and rate, for so many of what is counted.
    Sample per(double count) const;

    /// Adds the CPU time of Redis for so many.
    void add_redis_to(Sample& sample, double count) const;
};

/// Counts from its beginning on.
class UsageMeter {
public:
    explicit UsageMeter(const ServerGroup& group);

    Usage read() const;

private:
    Usage total() const;

    const ServerGroup& group_;
    Usage before_;
};

} // namespace outside
