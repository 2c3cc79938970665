#include "scenarios/scenario_list.hpp"

#include "load_error.hpp"
#include "measuring/figure.hpp"
#include "report/number.hpp"
#include "scenarios/measurements.hpp"

#include <algorithm>

namespace outside {

namespace {

std::vector<const ServerKind*> single()
{
    return {&kestrel(), &engine_io_node(), &engine_io(), &scaler()};
}

std::vector<const ServerKind*> clusters()
{
    return {&socket_io(), &signalr(), &scaler()};
}

Target scaler_over(const ServerKind& reference, std::string_view figure, double at_most)
{
    return {scaler().name, figure, at_most, reference.name};
}

/// The CPU time of EngineIO over Kestrel's and engine.io's, and of Scaler over EngineIO's.
std::vector<Target> ratios(double over_kestrel, double over_engine_io_node, std::optional<double> scaler_over_engine_io)
{
    std::vector<Target> targets{{engine_io().name, figure::cpu, over_kestrel, kestrel().name},
        {engine_io().name, figure::cpu, over_engine_io_node, engine_io_node().name}};
    if (scaler_over_engine_io) {
        targets.push_back(scaler_over(engine_io(), figure::cpu, *scaler_over_engine_io));
    }

    return targets;
}

Scenario echo(std::size_t size, int depth, std::vector<Target> targets)
{
    return {"echo-" + std::to_string(size) + "-" + std::to_string(depth),
        "echo of " + std::to_string(size) + " B, " + std::to_string(depth) + " on the way, per message", single(),
        std::move(targets),
        [size, depth](ServerGroup& group, Duration duration) { return measure_echo(group, duration, size, depth); }};
}

Scenario paced(int rate, std::vector<Target> targets)
{
    return {"paced-" + std::to_string(rate), "echo of 64 B, " + whole(rate) + " per second over 256 connections, per message",
        single(), std::move(targets),
        [rate](ServerGroup& group, Duration duration) { return measure_paced(group, duration, rate); }};
}

Scenario idle(std::size_t count)
{
    Scenario scenario{"idle-" + std::to_string(count), whole(static_cast<double>(count)) + " idle WebSockets, per connection",
        single(),
        {{engine_io().name, figure::memory, 13.5}, {engine_io().name, figure::memory, 1.0, engine_io_node().name},
            {scaler().name, figure::memory, 15}},
        [count](ServerGroup& group, Duration duration) { return measure_idle(group, duration, count); }};
    scenario.is_once_in_a_life = true;
    return scenario;
}

Scenario heartbeat()
{
    constexpr std::chrono::seconds interval{1};
    Scenario scenario{"heartbeat", "2,000 connections that are pinged every second, per ping and its pong", single(),
        ratios(1.0, 0.8, std::nullopt),
        [interval](ServerGroup& group, Duration duration) { return measure_heartbeat(group, duration, interval); }};
    scenario.ping_interval = interval;
    return scenario;
}

Scenario fan_out(std::size_t receivers, int servers, std::vector<const ServerKind*> kinds, std::vector<Target> targets)
{
    Scenario scenario{"fan-out-" + std::to_string(receivers) + (servers > 1 ? "-on-" + std::to_string(servers) : ""),
        "a message of 64 B to " + whole(static_cast<double>(receivers)) + " connections on " + std::to_string(servers)
            + (servers > 1 ? " servers" : " server") + ", per delivery",
        std::move(kinds), std::move(targets),
        [receivers](ServerGroup& group, Duration duration) { return measure_fan_out(group, duration, receivers); }};
    scenario.servers = servers;
    return scenario;
}

Scenario accounts(int servers, std::vector<Target> targets)
{
    const auto count = std::to_string(servers);
    Scenario scenario{"accounts-on-" + count,
        "a message of 64 B to the 19 others of an account of 20, 16 accounts on " + count + " servers, per delivery", clusters(),
        std::move(targets), measure_accounts};
    scenario.servers = servers;
    return scenario;
}

Scenario remote_polls()
{
    // Nothing of Redis for a poll; what the servers' leases ask meanwhile is counted too.
    Scenario scenario{"remote-polls", "round trips over polling at the wrong one of two servers, per round trip", {&scaler()},
        {{scaler().name, figure::added_cpu, 1.0}, {scaler().name, figure::redis_commands, 0.01}}, measure_remote_polls};
    scenario.servers = 2;
    return scenario;
}

} // namespace

std::vector<Scenario> all_scenarios()
{
    return {
        echo(64, 1, ratios(1.10, 0.95, 1.25)),
        echo(64, 16, ratios(1.30, 0.16, 1.60)),
        echo(1024, 1, {}),
        echo(1024, 16, ratios(1.25, 0.20, 1.60)),
        {"polling", "64 B posted and polled by 64 sessions, per round trip (two requests)", single(),
            ratios(1.30, 0.75, std::nullopt),
            [](ServerGroup& group, Duration duration) { return measure_polls(group, duration, 0); }},
        {"connect", "handshake over WebSocket until the session is open, per handshake", single(), ratios(1.25, 0.55, 1.5),
            measure_connect},
        idle(10'000),
        heartbeat(),
        paced(1000, {}),
        paced(5000, ratios(0.45, 2.6, 1.2)),
        fan_out(1000, 1, single(), ratios(1.05, 0.55, 1.1)),
        fan_out(5000, 1, single(), ratios(1.05, 0.55, 1.1)),
        fan_out(1000, 2, clusters(), {scaler_over(socket_io(), figure::cpu, 0.65), scaler_over(signalr(), figure::cpu, 0.5)}),
        accounts(2, {scaler_over(socket_io(), figure::cpu, 0.8), scaler_over(socket_io(), figure::redis_cpu, 1.0)}),
        remote_polls(),
        accounts(1, {}),
        accounts(4, {}),
        {"forged", "requests with a forged session id, per request", single(),
            {{engine_io().name, figure::cpu, 1.2, kestrel().name}, scaler_over(kestrel(), figure::cpu, 1.2)}, measure_forged},
    };
}

std::vector<Scenario> find_scenarios(const std::string& names)
{
    auto all = all_scenarios();
    if (names == "all") {
        std::erase_if(all, [](const Scenario& scenario) { return scenario.targets.empty(); });
        return all;
    }

    std::vector<Scenario> found;
    for (const auto& name : split(names)) {
        const auto scenario = std::ranges::find(all, name, &Scenario::name);
        if (scenario == all.end()) {
            fail("there is no scenario '" + name + "'; --scenario list shows all");
        }

        found.push_back(*scenario);
    }

    return found;
}

} // namespace outside
