#pragma once

#include "servers/command.hpp"

#include <sys/types.h>

namespace outside {

/// Starts a program that writes to that descriptor, and that ends when this process does.
pid_t spawn(const Command& command, int output);

} // namespace outside
