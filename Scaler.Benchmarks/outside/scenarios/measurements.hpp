#pragma once

#include "measuring/sample.hpp"
#include "servers/server_group.hpp"

namespace outside {

/// Each connection has a number of messages on their way, and sends another for each that comes back.
Sample measure_echo(ServerGroup& group, Duration duration, std::size_t size, int depth);

/// Echo at a rate far below what a server can do, as most servers live.
Sample measure_paced(ServerGroup& group, Duration duration, int rate);

/// Polling sessions of the first server, all of whose requests go to the server with that number: a poll waits, a message
/// is posted, and the poll brings it back.
Sample measure_polls(ServerGroup& group, Duration duration, std::size_t via);

/// Polls at the server which does not hold the session, beside polls at the one which does.
Sample measure_remote_polls(ServerGroup& group, Duration duration);

/// WebSocket handshakes until the session is open; what the farewell costs is not counted.
Sample measure_connect(ServerGroup& group, Duration duration);

/// Connections that say nothing. To be measured once in a server's life: memory that was used is not given back at once.
Sample measure_idle(ServerGroup& group, Duration duration, std::size_t count);

/// A ping and its pong. Kestrel's are those of WebSocket itself.
Sample measure_heartbeat(ServerGroup& group, Duration duration, std::chrono::seconds interval);

/// A text posted to one server, for everybody; the next follows when all have it.
Sample measure_fan_out(ServerGroup& group, Duration duration, std::size_t receivers);

/// A connection of each account sends to the others of its account, on all servers; again when all of them have it.
Sample measure_accounts(ServerGroup& group, Duration duration);

/// Polls with a session id that nobody has given: 400, at the price of an answer.
Sample measure_forged(ServerGroup& group, Duration duration);

} // namespace outside
