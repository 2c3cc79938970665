#include "servers/redis.hpp"

#include "load_error.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>

namespace outside {

namespace {

/// Asks something on a connection of its own. It blocks, so it is no part of any measurement.
std::string ask(Port port, const std::string& command)
{
    const Descriptor redis(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = loopback(port);
    const timeval patience{5, 0};
    if (!redis.is_open() || setsockopt(redis.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0
        || connect(redis.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail_call("connecting to Redis");
    }

    // QUIT closes the connection behind the answer, so its end shows.
    const auto request = command + "\r\nQUIT\r\n";
    if (send(redis.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
        fail_call("asking Redis");
    }

    std::string answer;
    char buffer[4096];
    while (true) {
        const auto count = recv(redis.get(), buffer, sizeof buffer, 0);
        if (count < 0) {
            fail_call("Redis' answer to " + command);
        }

        if (count == 0) {
            return answer;
        }

        answer.append(buffer, static_cast<std::size_t>(count));
    }
}

bool answers(Port port)
{
    try {
        return ask(port, "PING").starts_with("+PONG");
    } catch (const LoadError&) {
        return false;
    }
}

Command command(Port port)
{
    return {"redis-server", {"--port", std::to_string(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}, {}, {}};
}

} // namespace

Redis::Redis(EventLoop& loop) : Redis(loop, free_port())
{
}

Redis::Redis(EventLoop& loop, Port port) : process_(loop, command(port), port)
{
    process_.await_ready([port] { return answers(port); });
}

std::uint64_t Redis::commands() const
{
    // cmdstat_publish:calls=12,usec=30,usec_per_call=2.50,rejected_calls=0,failed_calls=0
    constexpr std::string_view prefix = "cmdstat_";
    constexpr std::string_view calls = ":calls=";
    const auto answer = ask(process_.port(), "INFO commandstats");
    std::uint64_t sum = 0;
    for (auto at = answer.find(prefix); at != std::string::npos; at = answer.find(prefix, at)) {
        at += prefix.size();
        const auto end = answer.find(calls, at);
        if (end == std::string::npos) {
            fail("Redis' statistics cannot be read: " + answer);
        }

        const auto name = std::string_view(answer).substr(at, end - at);
        if (name != "info" && name != "ping" && name != "quit") {
            sum += std::strtoull(answer.c_str() + end + calls.size(), nullptr, 10);
        }
    }

    return sum;
}

} // namespace outside
