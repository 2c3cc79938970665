#include "load_error.hpp"
#include "measuring/figure.hpp"
#include "measuring/usage.hpp"
#include "scenarios/measurements.hpp"
#include "wire/http_client.hpp"
#include "wire/wrapping.hpp"

namespace outside {

namespace {

/// Connections that each ask again as soon as they are answered.
class ForgedRequests {
public:
    ForgedRequests(ServerGroup& group, std::size_t connections, Instant end)
        : request_(http_get(group.kind().dialect.forged_target())), end_(end)
    {
        for (std::size_t i = 0; i < connections; i++) {
            connections_.push_back(std::make_unique<HttpClient>(group.loop(), group.port_for(0)));
            busy_++;
            ask(*connections_.back());
        }
    }

    bool are_busy() const
    {
        return busy_ > 0;
    }

    std::uint64_t answered() const
    {
        return answered_;
    }

private:
    void ask(HttpClient& connection)
    {
        connection.send(request_, [this, &connection](const HttpAnswer& answer) {
            // {"code":1,"message":"Session ID unknown"}
            if (answer.status != 400 || answer.body.find(R"("code":1)") == std::string::npos) {
                refuse(std::to_string(answer.status) + " " + answer.body);
            }

            answered_++;
            if (Clock::now() < end_) {
                ask(connection);
            } else {
                busy_--;
            }
        });
    }

    const std::string request_;
    const Instant end_;
    std::vector<std::unique_ptr<HttpClient>> connections_;
    std::size_t busy_ = 0;
    std::uint64_t answered_ = 0;
};

} // namespace

Sample measure_forged(ServerGroup& group, Duration duration)
{
    constexpr std::size_t count = 64;
    constexpr auto patience = std::chrono::seconds(5);
    const auto commands = group.redis() != nullptr ? group.redis()->commands() : 0;
    const UsageMeter meter(group);
    const ForgedRequests requests(group, count, Clock::now() + duration);
    if (!group.loop().run_while([&requests] { return requests.are_busy(); }, duration + patience)) {
        fail("a request with a forged session id was not answered in time");
    }

    const auto answered = static_cast<double>(requests.answered());
    auto sample = meter.read().per(answered);
    if (group.redis() != nullptr) {
        sample.set(figure::redis_commands, static_cast<double>(group.redis()->commands() - commands) / answered);
    }

    return sample;
}

} // namespace outside
