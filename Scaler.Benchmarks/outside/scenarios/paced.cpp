#include "load_error.hpp"
#include "measuring/latencies.hpp"
#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"
#include "wire/numbered_text.hpp"

#include <deque>

namespace outside {

namespace {

class PacedEcho final : public Receiver {
public:
    PacedEcho(const Dialect& dialect, std::size_t connections)
        : text_(usual_size), frame_(dialect, "echo", usual_size), connections_(connections)
    {
    }

    void send(WebSocket& to)
    {
        auto& connection = connections_[to.index()];
        frames_.clear();
        frame_.append_to(frames_, connection.received + connection.since.size());
        connection.since.push_back(Clock::now());
        to.write(frames_);
    }

    void message(WebSocket& from, std::string_view text) override
    {
        auto& connection = connections_[from.index()];
        if (connection.since.empty() || text_.number_of(text) != connection.received) {
            fail("an echo came that was not next");
        }

        latencies_.add(Clock::now() - connection.since.front());
        connection.since.pop_front();
        connection.received++;
    }

    void received(WebSocket&, int) override
    {
    }

    const Latencies& latencies() const
    {
        return latencies_;
    }

private:
    struct Connection {
        std::uint64_t received = 0;

        /// When those were sent that are on their way.
        std::deque<Instant> since;
    };

    NumberedText text_;
    NumberedFrame frame_;
    std::vector<Connection> connections_;
    std::string frames_;
    Latencies latencies_;
};

} // namespace

Sample measure_paced(ServerGroup& group, Duration duration, int rate)
{
    constexpr std::size_t count = 256;
    constexpr Duration tick = std::chrono::milliseconds(1);
    constexpr auto patience = std::chrono::seconds(5);
    auto& loop = group.loop();
    PacedEcho echo(group.kind().dialect, count);
    Clients clients(group, count, &echo);

    const UsageMeter meter(group);
    const auto began = Clock::now();
    std::size_t sent = 0;
    for (auto elapsed = Duration::zero(); elapsed < duration; elapsed = Clock::now() - began) {
        // A late tick sends what it owes, so the rate holds on a busy machine too.
        for (const auto due = static_cast<std::size_t>(seconds(elapsed) * rate); sent < due; sent++) {
            echo.send(clients[sent % count]);
        }

        loop.run_until(began + ((Clock::now() - began) / tick + 1) * tick);
    }

    const auto& latencies = echo.latencies();
    auto sample = meter.read().per(static_cast<double>(latencies.count()));
    latencies.add_to(sample);
    if (!loop.run_while([&] { return latencies.count() < sent; }, patience)) {
        fail("not all echoes came back");
    }

    clients.close();
    return sample;
}

} // namespace outside
