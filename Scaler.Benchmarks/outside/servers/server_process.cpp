#include "servers/server_process.hpp"

#include "load_error.hpp"
#include "servers/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>

#include <cstdio>
#include <memory>

namespace outside {

namespace {

constexpr std::size_t kept_output = 4096;

} // namespace

ServerProcess::ServerProcess(EventLoop& loop, const Command& command, Port port)
    : loop_(loop), name_(command.program), port_(port)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        fail_call("pipe2");
    }

    read_end_ = Descriptor(ends[0]);
    const Descriptor write_end(ends[1]);

    // The server's end waits when nobody reads, as any output would: only this one must not.
    fcntl(write_end.get(), F_SETFL, 0);
    loop_.add(read_end_.get(), EPOLLIN, *this);
    process_ = spawn(command, write_end.get());
}

ServerProcess::~ServerProcess()
{
    // As long as it has not been waited for, the number is that of this process and of no other.
    if (!reaped_) {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }

    if (read_end_.is_open()) {
        loop_.remove(read_end_.get());
    }
}

void ServerProcess::await_ready(const std::function<bool()>& is_ready)
{
    constexpr auto pause = std::chrono::milliseconds(50);
    constexpr auto patience = std::chrono::seconds(30);
    const auto deadline = Clock::now() + patience;
    while (!is_ready()) {
        loop_.run_for(pause);
        if (has_ended() || Clock::now() > deadline) {
            fail(name_ + " did not start:\n" + output_);
        }
    }

    // Somebody else's server may have taken the port.
    if (has_ended()) {
        fail(name_ + " ended, and something else answers at " + name_of(port_) + ":\n" + output_);
    }
}

Duration ServerProcess::cpu() const
{
    // /proc counts in steps of 10 ms, too coarse for a short measurement.
    clockid_t clock;
    timespec used;
    if (clock_getcpuclockid(process_, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        fail("the CPU time of " + name_ + " cannot be read");
    }

    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

double ServerProcess::resident_kib() const
{
    // 65823 20458 14321 1 0 34567 0: the second are the resident pages (proc_pid_statm(5)).
    const auto path = "/proc/" + std::to_string(process_) + "/statm";
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    long resident = 0;
    if (!file || std::fscanf(file.get(), "%*d %ld", &resident) != 1) {
        fail("the memory of " + name_ + " cannot be read");
    }

    constexpr double kib = 1024;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / kib;
}

void ServerProcess::on_events(std::uint32_t)
{
    const auto buffer = loop_.buffer();
    const auto count = read(read_end_.get(), buffer.data(), buffer.size());
    if (count > 0) {
        output_.append(buffer.data(), static_cast<std::size_t>(count));
        output_.erase(0, output_.size() - std::min(output_.size(), kept_output));
    } else if (count == 0 || errno != EAGAIN) {
        loop_.remove(read_end_.get());
        read_end_.reset();
    }
}

bool ServerProcess::has_ended()
{
    reaped_ = reaped_ || waitpid(process_, nullptr, WNOHANG) == process_;
    return reaped_;
}

} // namespace outside
