#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"

#include <algorithm>

namespace outside {

Sample measure_heartbeat(ServerGroup& group, Duration duration, std::chrono::seconds interval)
{
    constexpr std::size_t count = 2000;
    Clients clients(group, count, nullptr);

    // The first ping comes after an interval.
    group.loop().run_for(Duration(interval) * 3 / 2);
    const UsageMeter meter(group);
    const auto before = clients.pings();

    // Kestrel skips a ping where a pong has come meanwhile: a shorter time might hold none.
    group.loop().run_for(std::max(duration, Duration(interval) * 2));
    auto sample = meter.read().per(static_cast<double>(clients.pings() - before));
    clients.close();
    return sample;
}

} // namespace outside
