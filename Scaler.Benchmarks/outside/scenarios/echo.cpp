#include "load_error.hpp"
#include "measuring/latencies.hpp"
#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"
#include "wire/numbered_text.hpp"

namespace outside {

namespace {

class Echo final : public Receiver {
public:
    Echo(const Dialect& dialect, std::size_t size, int depth, std::size_t connections)
        : text_(size), frame_(dialect, "echo", size), depth_(depth), connections_(connections)
    {
    }

    void begin(Clients& clients)
    {
        for (std::size_t i = 0; i < clients.size(); i++) {
            connections_[i].since = Clock::now();
            send(clients[i], depth_);
        }
    }

    void message(WebSocket& from, std::string_view text) override
    {
        auto& connection = connections_[from.index()];
        if (text_.number_of(text) != connection.received) {
            fail("echo " + std::string(text.substr(0, 8)) + " came where " + std::to_string(connection.received) + " was next");
        }

        connection.received++;
        received_++;
    }

    void received(WebSocket& from, int messages) override
    {
        // With several on the way, one stamp would tell of none of them.
        if (depth_ == 1) {
            auto& since = connections_[from.index()].since;
            const auto now = Clock::now();
            if (is_measuring) {
                latencies_.add(now - since);
            }

            since = now;
        }

        if (is_going) {
            send(from, messages);
        }
    }

    std::uint64_t count() const
    {
        return received_;
    }

    bool all_are_back() const
    {
        return received_ == sent_;
    }

    const Latencies& latencies() const
    {
        return latencies_;
    }

    bool is_going = true;
    bool is_measuring = false;

private:
    struct Connection {
        std::uint64_t sent = 0;
        std::uint64_t received = 0;
        Instant since{};
    };

    void send(WebSocket& to, int messages)
    {
        frames_.clear();
        for (int i = 0; i < messages; i++) {
            frame_.append_to(frames_, connections_[to.index()].sent++);
        }

        sent_ += static_cast<std::uint64_t>(messages);
        to.write(frames_);
    }

    NumberedText text_;
    NumberedFrame frame_;
    const int depth_;
    std::vector<Connection> connections_;
    std::string frames_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    Latencies latencies_;
};

} // namespace

Sample measure_echo(ServerGroup& group, Duration duration, std::size_t size, int depth)
{
    constexpr std::size_t count = 256;
    constexpr auto patience = std::chrono::seconds(5);
    auto& loop = group.loop();
    Echo echo(group.kind().dialect, size, depth, count);
    Clients clients(group, count, &echo);
    echo.begin(clients);
    loop.run_for(duration / 10);

    const UsageMeter meter(group);
    const auto before = echo.count();
    echo.is_measuring = true;
    loop.run_for(duration);
    echo.is_measuring = false;
    const auto messages = static_cast<double>(echo.count() - before);
    auto sample = meter.read().per(messages);
    if (depth == 1) {
        echo.latencies().add_to(sample);
    }

    echo.is_going = false;
    if (!loop.run_while([&echo] { return !echo.all_are_back(); }, patience)) {
        fail("not all echoes came back");
    }

    clients.close();
    return sample;
}

} // namespace outside
