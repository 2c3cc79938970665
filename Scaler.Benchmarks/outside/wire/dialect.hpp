#pragma once

#include <string>
#include <string_view>

namespace outside {

enum class Meaning {
    nothing,
    message,
    /// The session is open.
    ready,
    /// The server wants an answer.
    ping,
};

/// What one record of a server says; a message's text points into what it was read from.
struct Record {
    Meaning meaning;
    std::string_view text = {};
};

/// How one kind of server is spoken to.
class Dialect {
public:
    virtual ~Dialect() = default;

    /// What the WebSocket is asked for at.
    virtual std::string web_socket_target(const std::string& account) const = 0;

    /// Where a session over polling is opened, or, where there are no sessions, polled.
    virtual std::string polling_target(const std::string& account) const = 0;

    /// Where a poll goes that names a session which nobody has opened.
    virtual std::string forged_target() const = 0;

    /// Whether polling has sessions, which are opened and closed.
    virtual bool has_sessions() const
    {
        return true;
    }

    /// What a client says as soon as the WebSocket is there; empty for nothing.
    virtual std::string_view hello() const
    {
        return {};
    }

    /// Whether the server says when the session is open; otherwise the 101 does.
    virtual bool tells_ready() const
    {
        return true;
    }

    /// What answers the server's ping.
    virtual std::string_view pong() const
    {
        return {};
    }

    /// A message: event is "echo", which comes back to the sender, or "chat", for the others of its account.
    virtual std::string message(std::string_view event, std::string_view text) const = 0;

    /// Takes the first record away from a text frame's payload; fails on what does not belong there.
    virtual Record next(std::string_view& payload) const = 0;
};

const Dialect& plain_dialect();
const Dialect& engine_dialect();
const Dialect& scaler_dialect();
const Dialect& socket_io_dialect();
const Dialect& signalr_dialect();

} // namespace outside
