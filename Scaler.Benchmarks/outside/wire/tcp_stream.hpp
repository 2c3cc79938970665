#pragma once

#include "wire/event_loop.hpp"
#include "wire/loopback.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace outside {

/// A TCP connection to a server on this machine. It holds no buffer as long as nothing waits, so there may be thousands.
class TcpStream : public EventHandler {
public:
    TcpStream(EventLoop& loop, Port server);
    TcpStream(const TcpStream&) = delete;
    TcpStream& operator=(const TcpStream&) = delete;

    bool is_closed() const
    {
        return !socket_.is_open();
    }

    /// Sends now what the system takes, and the rest when it takes more. What is written to a closed connection is lost.
    void write(std::string_view bytes);

    void on_events(std::uint32_t events) final;

protected:
    ~TcpStream();

    /// Takes what is complete from what has come.
    /// @return How many bytes that was; the others are shown again, with what comes behind them.
    virtual std::size_t take(std::string_view bytes) = 0;

    /// The connection is closed, or has never been made.
    virtual void ended(const std::string& why) = 0;

    EventLoop& loop()
    {
        return loop_;
    }

private:
    void flush();
    void receive();
    void end(const std::string& why);

    EventLoop& loop_;
    Descriptor socket_;
    bool connected_ = false;
    std::string incomplete_;
    std::string unsent_;
};

} // namespace outside
