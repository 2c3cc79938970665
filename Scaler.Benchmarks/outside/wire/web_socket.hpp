#pragma once

#include "wire/dialect.hpp"
#include "wire/frames.hpp"
#include "wire/tcp_stream.hpp"

#include <cstdint>

namespace outside {

class WebSocket;

/// Whom the messages of connections are for.
class Receiver {
public:
    virtual void message(WebSocket& from, std::string_view text) = 0;

    /// So many messages came together, each of which has been told.
    virtual void received(WebSocket& from, int messages) = 0;

protected:
    ~Receiver() = default;
};

/// Whoever opens connections.
class ConnectionOwner {
public:
    virtual void opened(WebSocket& connection) = 0;
    virtual void ended(WebSocket& connection, const std::string& why) = 0;

protected:
    ~ConnectionOwner() = default;
};

/// A WebSocket client: opens a session, answers pings, reads messages.
class WebSocket final : public TcpStream {
public:
    WebSocket(EventLoop& loop, Port server, const Dialect& dialect, const std::string& account, std::size_t index,
        ConnectionOwner& owner, Receiver* receiver);

    /// Which one of its owner's connections it is.
    std::size_t index() const
    {
        return index_;
    }

    /// How often the server has pinged.
    std::uint64_t pings() const
    {
        return pings_;
    }

    /// Says goodbye, upon which the server closes the connection.
    void say_goodbye();

protected:
    std::size_t take(std::string_view bytes) override;
    void ended(const std::string& why) override;

private:
    std::size_t take_answer(std::string_view bytes);
    void take_frame(Opcode opcode, bool is_final, std::string_view payload);
    void take_text(std::string_view text);

    const Dialect& dialect_;
    const std::size_t index_;
    ConnectionOwner& owner_;
    Receiver* const receiver_;
    bool upgraded_ = false;
    bool said_goodbye_ = false;
    bool in_fragments_ = false;
    std::string fragments_;
    std::string close_reason_;
    std::uint64_t pings_ = 0;
    int together_ = 0;
};

} // namespace outside
