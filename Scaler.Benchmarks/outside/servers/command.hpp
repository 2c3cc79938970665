#pragma once

#include <string>
#include <utility>
#include <vector>

namespace outside {

/// How a program is started.
struct Command {
    std::string program;
    std::vector<std::string> arguments;

    /// The folder it runs in; empty for that of this process.
    std::string folder;

    /// Beside what this process has.
    std::vector<std::pair<std::string, std::string>> environment;
};

} // namespace outside
