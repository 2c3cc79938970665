#include "scenarios/clients.hpp"

#include "load_error.hpp"

#include <algorithm>

namespace outside {

std::string account_of_its_own(std::size_t client)
{
    return "account-" + std::to_string(client);
}

Clients::Clients(ServerGroup& group, std::size_t count, Receiver* receiver, AccountOf account)
    : group_(group), count_(count), receiver_(receiver), account_(std::move(account))
{
    constexpr std::size_t at_once = 256;
    constexpr auto patience = std::chrono::seconds(60);
    connections_.reserve(count);
    for (std::size_t i = 0; i < std::min(at_once, count); i++) {
        open_next();
    }

    if (!group.loop().run_while([this] { return open_ < count_; }, patience)) {
        fail("of " + std::to_string(count) + " connections " + std::to_string(open_) + " were open in time");
    }
}

std::uint64_t Clients::pings() const
{
    std::uint64_t sum = 0;
    for (const auto& connection : connections_) {
        sum += connection->pings();
    }

    return sum;
}

void Clients::close()
{
    constexpr auto patience = std::chrono::seconds(2);
    closing_ = true;
    for (const auto& connection : connections_) {
        connection->say_goodbye();
    }

    // Those that a server leaves open are closed from here.
    group_.loop().run_while([this] { return ended_ < count_; }, patience);
    connections_.clear();
}

void Clients::open_next()
{
    const auto index = connections_.size();
    connections_.push_back(std::make_unique<WebSocket>(
        group_.loop(), group_.port_for(index), group_.kind().dialect, account_(index), index, *this, receiver_));
}

void Clients::opened(WebSocket&)
{
    open_++;
    if (connections_.size() < count_) {
        open_next();
    }
}

void Clients::ended(WebSocket& connection, const std::string& why)
{
    ended_++;
    if (!closing_) {
        fail("connection " + std::to_string(connection.index()) + " has ended: " + why);
    }
}

} // namespace outside
