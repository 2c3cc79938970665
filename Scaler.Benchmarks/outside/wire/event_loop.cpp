#include "wire/event_loop.hpp"

#include "load_error.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

namespace outside {

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(buffer_size)
{
    if (!epoll_.is_open()) {
        fail_call("epoll_create1");
    }
}

void EventLoop::add(int descriptor, std::uint32_t events, EventHandler& handler)
{
    epoll_event event{events, {&handler}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
        fail_call("epoll_ctl");
    }
}

void EventLoop::change(int descriptor, std::uint32_t events, EventHandler& handler)
{
    epoll_event event{events, {&handler}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event) != 0) {
        fail_call("epoll_ctl");
    }
}

void EventLoop::remove(int descriptor)
{
    // Called by destructors: there is nobody to tell of an error, and closing the descriptor removes it too.
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void EventLoop::run_until(Instant end)
{
    while (Clock::now() < end) {
        turn(end);
    }
}

void EventLoop::turn(Instant until)
{
    const auto left = std::max(until - Clock::now(), Duration::zero());
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    std::array<epoll_event, 512> events;

    // epoll_wait counts whole milliseconds, too coarse for ticks of one.
    const auto count = epoll_pwait2(epoll_.get(), events.data(), events.size(), &timeout, nullptr);
    if (count < 0 && errno != EINTR) {
        fail_call("epoll_pwait2");
    }

    for (int i = 0; i < count; i++) {
        static_cast<EventHandler*>(events[i].data.ptr)->on_events(events[i].events);
    }
}

} // namespace outside
