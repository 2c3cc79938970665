#include "load_error.hpp"
#include "measuring/figure.hpp"
#include "measuring/latencies.hpp"
#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"
#include "scenarios/polling_session.hpp"
#include "wire/wrapping.hpp"

namespace outside {

namespace {

/// Opens a session at the first server and returns where its requests go.
std::string open_session(HttpClient& http, const Dialect& dialect, std::size_t client)
{
    // 0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,…}
    constexpr std::string_view before = R"("sid":")";
    const auto target = dialect.polling_target(account_of_its_own(client));
    if (!dialect.has_sessions()) {
        return target;
    }

    const auto [status, body] = http.ask(http_get(target));
    const auto begin = body.find(before) + before.size();
    if (status != 200 || !body.starts_with("0{") || body.find(before) == std::string::npos) {
        refuse("an opening's answer " + std::to_string(status) + " " + body);
    }

    return target + "&sid=" + body.substr(begin, body.find('"', begin) - begin);
}

std::vector<std::string> open_sessions(ServerGroup& group, std::size_t count)
{
    HttpClient http(group.loop(), group.port_for(0));
    std::vector<std::string> targets;
    for (std::size_t client = 0; client < count; client++) {
        targets.push_back(open_session(http, group.kind().dialect, client));
    }

    return targets;
}

/// Over a connection of its own: Node closes one over which nothing went for five seconds.
void close_sessions(ServerGroup& group, const std::vector<std::string>& targets)
{
    if (!group.kind().dialect.has_sessions()) {
        return;
    }

    HttpClient http(group.loop(), group.port_for(0));
    for (const auto& target : targets) {
        if (http.ask(http_post(target, "1")).status != 200) {
            fail("a session could not be closed");
        }
    }
}

/// Sessions that each begin a round as soon as one is over.
class PollingLoad {
public:
    PollingLoad(ServerGroup& group, std::size_t via, const std::vector<std::string>& targets)
    {
        for (const auto& target : targets) {
            sessions_.push_back(
                std::make_unique<PollingSession>(group.loop(), group.port_for(via), group.kind().dialect, target));
        }
    }

    void begin(Instant end)
    {
        end_ = end;
        busy_ = sessions_.size();
        for (const auto& session : sessions_) {
            begin_round(*session);
        }
    }

    bool is_busy() const
    {
        return busy_ > 0;
    }

    const Latencies& latencies() const
    {
        return latencies_;
    }

private:
    void begin_round(PollingSession& session)
    {
        session.begin_round([this, &session](Duration took) {
            latencies_.add(took);
            if (Clock::now() < end_) {
                begin_round(session);
            } else {
                busy_--;
            }
        });
    }

    std::vector<std::unique_ptr<PollingSession>> sessions_;
    Instant end_{};
    std::size_t busy_ = 0;
    Latencies latencies_;
};

} // namespace

Sample measure_polls(ServerGroup& group, Duration duration, std::size_t via)
{
    constexpr std::size_t count = 64;
    constexpr auto patience = std::chrono::seconds(5);
    const auto targets = open_sessions(group, count);
    const auto commands = group.redis() != nullptr ? group.redis()->commands() : 0;
    PollingLoad load(group, via, targets);
    const UsageMeter meter(group);
    load.begin(Clock::now() + duration);
    if (!group.loop().run_while([&load] { return load.is_busy(); }, duration + patience)) {
        fail("a poll or a post was not answered in time");
    }

    const auto round_trips = static_cast<double>(load.latencies().count());
    auto sample = meter.read().per(round_trips);
    load.latencies().add_to(sample);
    if (group.redis() != nullptr) {
        sample.set(figure::redis_commands, static_cast<double>(group.redis()->commands() - commands) / round_trips);
    }

    close_sessions(group, targets);
    return sample;
}

Sample measure_remote_polls(ServerGroup& group, Duration duration)
{
    const auto local = measure_polls(group, duration / 2, 0);
    const auto remote = measure_polls(group, duration / 2, 1);
    const auto local_cpu = local.get(figure::cpu);
    Sample sample;
    sample.set(figure::cpu, remote.get(figure::cpu));
    sample.set(figure::added_cpu, (remote.get(figure::cpu) - local_cpu) / local_cpu);
    for (const auto name : {figure::rate, figure::median, figure::p99, figure::redis_commands}) {
        sample.set(name, remote.get(name));
    }

    return sample;
}

} // namespace outside
