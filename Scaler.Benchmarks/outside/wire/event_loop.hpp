#pragma once

#include "measuring/clock.hpp"
#include "wire/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace outside {

/// What is told when something can be done with a descriptor.
class EventHandler {
public:
    virtual void on_events(std::uint32_t events) = 0;

protected:
    ~EventHandler() = default;
};

/// epoll, level-triggered, on the one thread there is. A handler may close itself and others while it is called, but
/// it is destroyed only when the loop does not run: an event may be on its way to it.
class EventLoop {
public:
    EventLoop();

    void add(int descriptor, std::uint32_t events, EventHandler& handler);
    void change(int descriptor, std::uint32_t events, EventHandler& handler);
    void remove(int descriptor);

    /// Handles what happens until then.
    void run_until(Instant end);

    void run_for(Duration duration)
    {
        run_until(Clock::now() + duration);
    }

    /// Handles what happens as long as there is something to wait for.
    /// @return false when the patience was over first.
    template <typename Waiting>
    bool run_while(Waiting waiting, Duration patience)
    {
        const auto deadline = Clock::now() + patience;
        while (waiting()) {
            if (Clock::now() >= deadline) {
                return false;
            }

            turn(deadline);
        }

        return true;
    }

    /// Where a handler may read to, until it returns.
    std::span<char> buffer()
    {
        return buffer_;
    }

private:
    void turn(Instant until);

    static constexpr std::size_t buffer_size = 64 * 1024;
    Descriptor epoll_;
    std::vector<char> buffer_;
};

} // namespace outside
