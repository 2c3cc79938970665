#pragma once

#include "servers/server_group.hpp"
#include "wire/web_socket.hpp"

#include <functional>

namespace outside {

/// Which account a client has, by its number.
using AccountOf = std::function<std::string(std::size_t)>;

std::string account_of_its_own(std::size_t client);

/// Open connections, spread over the servers of a group. One that ends before it is closed here fails the run.
class Clients final : public ConnectionOwner {
public:
    /// Opens them, some at a time, and returns when all sessions are open.
    /// @param receiver Who gets the messages; null where there are to be none.
    Clients(ServerGroup& group, std::size_t count, Receiver* receiver, AccountOf account = account_of_its_own);
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    WebSocket& operator[](std::size_t index)
    {
        return *connections_[index];
    }

    std::size_t size() const
    {
        return count_;
    }

    /// How often the servers have pinged all of them.
    std::uint64_t pings() const;

    /// Says goodbye and waits for the servers: what the farewell costs belongs to no measurement that follows.
    void close();

    void opened(WebSocket& connection) override;
    void ended(WebSocket& connection, const std::string& why) override;

private:
    void open_next();

    ServerGroup& group_;
    const std::size_t count_;
    Receiver* const receiver_;
    const AccountOf account_;
    std::vector<std::unique_ptr<WebSocket>> connections_;
    std::size_t open_ = 0;
    std::size_t ended_ = 0;
    bool closing_ = false;
};

} // namespace outside
