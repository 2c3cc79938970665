#pragma once

#include "servers/server_process.hpp"

namespace outside {

/// A redis-server of a measurement's own, which writes nothing to disk.
class Redis {
public:
    explicit Redis(EventLoop& loop);

    std::string address() const
    {
        return name_of(process_.port());
    }

    Duration cpu() const
    {
        return process_.cpu();
    }

    /// How many commands it has processed, but for those that ask.
    std::uint64_t commands() const;

    const std::string& output() const
    {
        return process_.output();
    }

private:
    Redis(EventLoop& loop, Port port);

    ServerProcess process_;
};

} // namespace outside
