#pragma once

#include "wire/event_loop.hpp"

namespace outside {

/// Thrown where the loop runs when this process was asked to end: on its way out, everything that was started is ended.
struct Stopped {
    int signal;
};

/// Turns SIGINT and SIGTERM into events of the loop.
class StopSignals final : public EventHandler {
public:
    explicit StopSignals(EventLoop& loop);

    void on_events(std::uint32_t events) override;

private:
    Descriptor signals_;
};

} // namespace outside
