#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace outside {

/// Why a run ends without figures: a server that answers wrongly or not in time, or a machine that lacks something.
struct LoadError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail(const std::string& what)
{
    throw LoadError(what);
}

/// Fails with what the system says about its last call.
[[noreturn]] inline void fail_call(const std::string& call)
{
    throw LoadError(call + ": " + std::strerror(errno));
}

} // namespace outside
