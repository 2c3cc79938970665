#include "measuring/figure.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"

namespace outside {

Sample measure_idle(ServerGroup& group, Duration duration, std::size_t count)
{
    // What the first connections bring into memory is code, not connections.
    constexpr std::size_t first_count = 500;
    const Clients first(group, first_count, nullptr, [](std::size_t client) { return "first-" + std::to_string(client); });
    group.loop().run_for(duration);

    const auto before = group.server(0).resident_kib();
    const Clients clients(group, count, nullptr);
    group.loop().run_for(duration);
    Sample sample;
    sample.set(figure::memory, (group.server(0).resident_kib() - before) / static_cast<double>(count));
    return sample;
}

} // namespace outside
