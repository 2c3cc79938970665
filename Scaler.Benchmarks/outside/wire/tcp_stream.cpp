#include "wire/tcp_stream.hpp"

#include "load_error.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace outside {

namespace {

/// Whom the next connection comes from. A pair of addresses has 28,000 ports, of which those that were closed a minute ago
/// are still taken; loopback has addresses enough.
std::uint8_t next_source()
{
    constexpr unsigned ports_of_an_address = 10'000;
    constexpr unsigned addresses = 200;
    static unsigned opened = 0;
    return static_cast<std::uint8_t>(1 + opened++ / ports_of_an_address % addresses);
}

void switch_on(int socket, int level, int option)
{
    const int on = 1;
    if (setsockopt(socket, level, option, &on, sizeof on) != 0) {
        fail_call("setsockopt");
    }
}

} // namespace

TcpStream::TcpStream(EventLoop& loop, Port server)
    : loop_(loop), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
{
    if (!socket_.is_open()) {
        fail_call("socket");
    }

    switch_on(socket_.get(), IPPROTO_TCP, TCP_NODELAY);

    // The port is chosen when the connection is made: so one is free that is taken towards another server only.
    switch_on(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const auto source = loopback(0, next_source());
    const auto target = loopback(server);
    if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
        fail_call("bind");
    }

    if (connect(socket_.get(), reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0 && errno != EINPROGRESS) {
        fail_call("connecting to " + name_of(server));
    }

    loop_.add(socket_.get(), EPOLLIN | EPOLLOUT, *this);
}

TcpStream::~TcpStream()
{
    if (!is_closed()) {
        loop_.remove(socket_.get());
    }
}

void TcpStream::write(std::string_view bytes)
{
    if (is_closed()) {
        return;
    }

    if (connected_ && unsent_.empty()) {
        const auto sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (bytes.empty()) {
            return;
        }

        // An error other than a full buffer is told by the event that follows.
        loop_.change(socket_.get(), EPOLLIN | EPOLLOUT, *this);
    }

    unsent_.append(bytes);
}

void TcpStream::on_events(std::uint32_t events)
{
    if (is_closed()) {
        return;
    }

    if ((events & EPOLLOUT) != 0) {
        connected_ = true;
        flush();
    }

    // Of an error, reading tells which.
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        receive();
    }
}

void TcpStream::flush()
{
    if (!unsent_.empty()) {
        const auto sent = send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        unsent_.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }

    if (unsent_.empty()) {
        loop_.change(socket_.get(), EPOLLIN, *this);
    }
}

void TcpStream::receive()
{
    const auto buffer = loop_.buffer();
    const auto count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            end(std::strerror(errno));
        }

        return;
    }

    if (count == 0) {
        end("closed by the server");
        return;
    }

    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    if (incomplete_.empty()) {
        incomplete_.assign(bytes.substr(take(bytes)));
    } else {
        incomplete_.append(bytes);
        incomplete_.erase(0, take(incomplete_));
    }
}

void TcpStream::end(const std::string& why)
{
    loop_.remove(socket_.get());
    socket_.reset();
    ended(why);
}

} // namespace outside
