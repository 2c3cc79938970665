#pragma once

#include "servers/command.hpp"
#include "wire/dialect.hpp"
#include "wire/loopback.hpp"

#include <chrono>
#include <optional>

namespace outside {

/// Where the servers' programs are.
struct Place {
    /// The folder of the repository.
    std::string root;

    /// What was built: Release, or Debug.
    std::string configuration;
};

/// What a server is started with.
struct Launch {
    Place place;
    Port port;

    /// The Redis it shares, host and port; empty where it is alone.
    std::string redis;

    /// How often it pings its clients; nothing for its default.
    std::optional<std::chrono::seconds> ping_interval;
};

/// A kind of server that is measured: how it is started and spoken to.
struct ServerKind {
    std::string name;
    const Dialect& dialect;
    Command (*command)(const Launch&);

    /// Whether it cannot run without Redis.
    bool needs_redis = false;

    /// Makes a request that has a text sent to everybody.
    std::string (*broadcast)(std::string_view text);
};

const ServerKind& kestrel();
const ServerKind& engine_io_node();
const ServerKind& engine_io();
const ServerKind& scaler();
const ServerKind& socket_io();
const ServerKind& signalr();

} // namespace outside
