#include "servers/server_group.hpp"

#include "load_error.hpp"
#include "wire/http_client.hpp"

namespace outside {

namespace {

/// What has no health to tell says 404, and runs.
bool is_healthy(EventLoop& loop, Port port)
{
    try {
        HttpClient http(loop, port);
        return http.ask(http_get("/health"), std::chrono::seconds(2)).status < 500;
    } catch (const LoadError&) {
        return false;
    }
}

} // namespace

ServerGroup::ServerGroup(EventLoop& loop, const Place& place, const ServerKind& kind, int servers,
    std::optional<std::chrono::seconds> ping_interval)
    : loop_(loop), kind_(kind)
{
    if (kind.needs_redis || servers > 1) {
        redis_ = std::make_unique<Redis>(loop);
    }

    for (int i = 0; i < servers; i++) {
        const Launch launch{place, free_port(), redis_ ? redis_->address() : "", ping_interval};
        auto& server = *servers_.emplace_back(std::make_unique<ServerProcess>(loop, kind.command(launch), launch.port));
        server.await_ready([&loop, &launch] { return is_healthy(loop, launch.port); });
    }
}

Duration ServerGroup::cpu() const
{
    Duration sum{};
    for (const auto& server : servers_) {
        sum += server->cpu();
    }

    return sum;
}

std::string ServerGroup::output() const
{
    std::string all;
    for (const auto& server : servers_) {
        all += server->output();
    }

    return redis_ ? all + redis_->output() : all;
}

} // namespace outside
