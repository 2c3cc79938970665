#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"

namespace outside {

Sample measure_connect(ServerGroup& group, Duration duration)
{
    constexpr std::size_t count = 1000;
    Usage usage;
    double opened = 0;
    for (const auto end = Clock::now() + duration; Clock::now() < end;) {
        const UsageMeter meter(group);
        Clients clients(group, count, nullptr);
        usage += meter.read();
        opened += count;
        clients.close();
    }

    auto sample = usage.per(opened);
    if (group.redis() != nullptr) {
        usage.add_redis_to(sample, opened);
    }

    return sample;
}

} // namespace outside
