#include "stop_signals.hpp"

#include "load_error.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

namespace outside {

StopSignals::StopSignals(EventLoop& loop)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    signals_ = Descriptor(signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.is_open() || sigprocmask(SIG_BLOCK, &stop, nullptr) != 0) {
        fail_call("signalfd");
    }

    loop.add(signals_.get(), EPOLLIN, *this);
}

void StopSignals::on_events(std::uint32_t)
{
    signalfd_siginfo signal{};
    if (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        throw Stopped{static_cast<int>(signal.ssi_signo)};
    }
}

} // namespace outside
