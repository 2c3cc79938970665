#include "wire/loopback.hpp"

#include "load_error.hpp"
#include "wire/descriptor.hpp"

#include <sys/socket.h>

namespace outside {

Port free_port()
{
    const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback(0);
    socklen_t length = sizeof address;
    const auto general = reinterpret_cast<sockaddr*>(&address);
    if (!listener.is_open() || bind(listener.get(), general, length) != 0 || listen(listener.get(), 1) != 0
        || getsockname(listener.get(), general, &length) != 0) {
        fail_call("looking for a free port");
    }

    return ntohs(address.sin_port);
}

} // namespace outside
