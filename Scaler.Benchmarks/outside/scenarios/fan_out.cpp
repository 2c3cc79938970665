#include "load_error.hpp"
#include "measuring/latencies.hpp"
#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"
#include "wire/http_client.hpp"
#include "wire/numbered_text.hpp"

namespace outside {

namespace {

/// Counts who has the message that is on its way.
class FanOut final : public Receiver {
public:
    FanOut(ServerGroup& group, std::size_t receivers)
        : group_(group), text_(usual_size), last_(receivers), http_(group.loop(), group.port_for(0))
    {
    }

    /// Posts the next message.
    /// @return Whether all have it in time.
    bool post()
    {
        constexpr auto patience = std::chrono::seconds(5);
        current_++;
        missing_ = last_.size();
        bool is_answered = false;
        http_.send(group_.kind().broadcast(text_.with(current_)), [&is_answered](const HttpAnswer& answer) {
            if (answer.status >= 300) {
                fail("a message to all was answered with " + std::to_string(answer.status) + " " + answer.body);
            }

            is_answered = true;
        });
        const auto has_all = group_.loop().run_while([this, &is_answered] { return missing_ > 0 || !is_answered; }, patience);
        if (!is_answered) {
            fail("a message to all was not answered in time");
        }

        return has_all;
    }

    /// Some servers subscribe in Redis only after a client was told that it is connected; what is sent until then is lost.
    void await_subscriptions()
    {
        constexpr int attempts = 5;
        for (int attempt = 1; !post(); attempt++) {
            if (attempt == attempts) {
                fail(std::to_string(missing_) + " of " + std::to_string(last_.size()) + " connections get no messages");
            }
        }

        first_ = current_;
    }

    std::size_t missing() const
    {
        return missing_;
    }

    void message(WebSocket& from, std::string_view text) override
    {
        const auto number = text_.number_of(text);
        if (first_ == 0 && number < current_) {
            // Of an attempt before, late.
            return;
        }

        auto& last = last_[from.index()];
        if (number != current_ || last == current_) {
            fail("message " + std::to_string(number) + " came when " + std::to_string(current_) + " was sent and "
                + std::to_string(last) + " had come before");
        }

        last = number;
        missing_--;
    }

    void received(WebSocket&, int) override
    {
    }

private:
    ServerGroup& group_;
    NumberedText text_;

    /// Which message each has had.
    std::vector<std::uint64_t> last_;
    HttpClient http_;
    std::uint64_t current_ = 0;
    std::uint64_t first_ = 0;
    std::size_t missing_ = 0;
};

} // namespace

Sample measure_fan_out(ServerGroup& group, Duration duration, std::size_t receivers)
{
    FanOut fan_out(group, receivers);
    Clients clients(group, receivers, &fan_out);
    fan_out.await_subscriptions();

    Latencies latencies;
    const UsageMeter meter(group);
    const auto end = Clock::now() + duration;
    for (auto begin = Clock::now(); begin < end; begin = Clock::now()) {
        if (!fan_out.post()) {
            fail("a message did not come to " + std::to_string(fan_out.missing()) + " of " + std::to_string(receivers));
        }

        latencies.add(Clock::now() - begin);
    }

    const auto deliveries = static_cast<double>(latencies.count() * receivers);
    const auto usage = meter.read();
    auto sample = usage.per(deliveries);
    latencies.add_to(sample);
    if (group.size() > 1) {
        usage.add_redis_to(sample, deliveries);
    }

    clients.close();
    return sample;
}

} // namespace outside
