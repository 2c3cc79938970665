#pragma once

#include "servers/redis.hpp"
#include "servers/server_kind.hpp"
#include "servers/server_process.hpp"

#include <memory>
#include <vector>

namespace outside {

/// One or several servers of a kind, with their Redis.
class ServerGroup {
public:
    ServerGroup(EventLoop& loop, const Place& place, const ServerKind& kind, int servers,
        std::optional<std::chrono::seconds> ping_interval);

    EventLoop& loop() const
    {
        return loop_;
    }

    const ServerKind& kind() const
    {
        return kind_;
    }

    /// Null where the servers run without.
    const Redis* redis() const
    {
        return redis_.get();
    }

    std::size_t size() const
    {
        return servers_.size();
    }

    const ServerProcess& server(std::size_t index) const
    {
        return *servers_[index];
    }

    /// The server of a client, by turns.
    Port port_for(std::size_t client) const
    {
        return servers_[client % servers_.size()]->port();
    }

    /// What all servers have used.
    Duration cpu() const;

    /// What the servers have written last, and Redis.
    std::string output() const;

private:
    EventLoop& loop_;
    const ServerKind& kind_;
    std::unique_ptr<Redis> redis_;

    // Behind Redis, so that they end before it.
    std::vector<std::unique_ptr<ServerProcess>> servers_;
};

} // namespace outside
