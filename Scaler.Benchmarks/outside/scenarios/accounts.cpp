#include "load_error.hpp"
#include "measuring/latencies.hpp"
#include "measuring/usage.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/measurements.hpp"
#include "wire/numbered_text.hpp"

#include <array>

namespace outside {

namespace {

constexpr std::size_t account_count = 16;
constexpr std::size_t connections_of_each = 20;

/// Accounts that each have one message on its way, or none.
class Accounts final : public Receiver {
public:
    explicit Accounts(ServerGroup& group) : group_(group), text_(usual_size), frame_(group.kind().dialect, "chat", usual_size)
    {
    }

    /// Sends a message of each account, and from now on another when all have it, until then.
    /// @return Whether all have come in time.
    bool run(Clients& clients, Instant end)
    {
        constexpr auto patience = std::chrono::seconds(5);
        clients_ = &clients;
        end_ = end;
        busy_ = account_count;
        for (std::size_t account = 0; account < account_count; account++) {
            send(account);
        }

        auto& loop = group_.loop();
        loop.run_until(end);
        return loop.run_while([this] { return busy_ > 0; }, patience);
    }

    /// From now on a message that is lost, or late, is an error, and what comes is counted.
    void begin_counting()
    {
        is_counting_ = true;
    }

    void message(WebSocket& from, std::string_view text) override
    {
        const auto index = from.index() / connections_of_each;
        auto& account = accounts_[index];
        const auto number = text_.number_of(text);
        auto& last = last_[from.index()];
        if (!is_counting_ && number < number_of(index) && number > last) {
            // Of an attempt before, late.
            return;
        }

        if (number != number_of(index) || last == number || from.index() == sender_of(index)) {
            fail("connection " + std::to_string(from.index()) + " got message " + std::to_string(number) + " when "
                + std::to_string(number_of(index)) + " was sent and " + std::to_string(last) + " had come before");
        }

        last = number;
        if (--account.missing == 0) {
            arrived(index);
        }
    }

    void received(WebSocket&, int) override
    {
    }

    const Latencies& latencies() const
    {
        return latencies_;
    }

private:
    struct Account {
        std::uint64_t sent = 0;
        std::size_t missing = 0;
        Instant since{};
    };

    /// Says of which account a message is, too.
    std::uint64_t number_of(std::size_t account) const
    {
        constexpr std::uint64_t most = 1'000'000;
        return (account + 1) * most + accounts_[account].sent % most;
    }

    /// The senders are on all servers, by turns.
    std::size_t sender_of(std::size_t account) const
    {
        return account * connections_of_each + account % group_.size();
    }

    void send(std::size_t index)
    {
        auto& account = accounts_[index];
        account.sent++;
        account.missing = connections_of_each - 1;
        account.since = Clock::now();
        frames_.clear();
        frame_.append_to(frames_, number_of(index));
        (*clients_)[sender_of(index)].write(frames_);
    }

    void arrived(std::size_t account)
    {
        const auto now = Clock::now();
        if (is_counting_) {
            latencies_.add(now - accounts_[account].since);
        }

        if (now < end_) {
            send(account);
        } else {
            busy_--;
        }
    }

    ServerGroup& group_;
    NumberedText text_;
    NumberedFrame frame_;
    std::string frames_;
    Clients* clients_ = nullptr;
    std::array<Account, account_count> accounts_{};
    std::array<std::uint64_t, account_count * connections_of_each> last_{};
    Instant end_{};
    std::size_t busy_ = 0;
    bool is_counting_ = false;
    Latencies latencies_;
};

} // namespace

Sample measure_accounts(ServerGroup& group, Duration duration)
{
    constexpr int attempts = 5;
    Accounts accounts(group);
    Clients clients(group, account_count * connections_of_each, &accounts,
        [](std::size_t client) { return account_of_its_own(client / connections_of_each); });

    // Some servers subscribe in Redis only after a client was told that it is connected; what is sent until then is lost.
    for (int attempt = 1; !accounts.run(clients, Clock::now()); attempt++) {
        if (attempt == attempts) {
            fail("some connections get no messages of their accounts");
        }
    }

    accounts.begin_counting();
    const UsageMeter meter(group);
    if (!accounts.run(clients, Clock::now() + duration)) {
        fail("a message did not come to all of its account");
    }

    const auto deliveries = static_cast<double>(accounts.latencies().count() * (connections_of_each - 1));
    const auto usage = meter.read();
    auto sample = usage.per(deliveries);
    accounts.latencies().add_to(sample);
    if (group.redis() != nullptr) {
        usage.add_redis_to(sample, deliveries);
    }

    clients.close();
    return sample;
}

} // namespace outside
