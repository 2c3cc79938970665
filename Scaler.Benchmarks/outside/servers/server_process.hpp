#pragma once

#include "servers/command.hpp"
#include "wire/event_loop.hpp"
#include "wire/loopback.hpp"

#include <sys/types.h>

#include <functional>

namespace outside {

/// A server that was started here, and is ended here, whatever happens.
class ServerProcess final : public EventHandler {
public:
    ServerProcess(EventLoop& loop, const Command& command, Port port);
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess();

    Port port() const
    {
        return port_;
    }

    /// Asks again and again until the server is ready; fails when it ends, or has had its time.
    void await_ready(const std::function<bool()>& is_ready);

    /// What it has used of the processors, in user and in system mode.
    Duration cpu() const;

    /// What it has in memory.
    double resident_kib() const;

    /// The end of what it has written, for whoever has to tell that it failed.
    const std::string& output() const
    {
        return output_;
    }

    void on_events(std::uint32_t events) override;

private:
    bool has_ended();

    EventLoop& loop_;
    const std::string name_;
    const Port port_;
    Descriptor read_end_;
    std::string output_;
    pid_t process_;
    bool reaped_ = false;
};

} // namespace outside
