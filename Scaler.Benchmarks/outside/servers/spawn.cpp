#include "servers/spawn.hpp"

#include "load_error.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace outside {

namespace {

std::vector<std::string> environment_of(const Command& command)
{
    std::vector<std::string> all;
    for (const auto& [name, value] : command.environment) {
        all.push_back(name + '=' + value);
    }

    for (char** entry = environ; *entry != nullptr; entry++) {
        const std::string_view variable(*entry);
        const auto name = variable.substr(0, variable.find('='));
        bool is_given = false;
        for (const auto& given : command.environment) {
            is_given |= given.first == name;
        }

        if (!is_given) {
            all.emplace_back(variable);
        }
    }

    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }

    pointers.push_back(nullptr);
    return pointers;
}

/// The child's part. Nothing here allocates.
[[noreturn]] void become(const Command& command, char* const* arguments, char* const* environment, int output, pid_t parent)
{
    // Of whatever this process dies, its servers do not outlive it; if it has died just now, nobody will say so.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (command.folder.empty() || chdir(command.folder.c_str()) == 0) {
        execvpe(arguments[0], arguments, environment);
    }

    dprintf(STDERR_FILENO, "%s in '%s': %s\n", command.program.c_str(), command.folder.c_str(), strerror(errno));
    _exit(127);
}

} // namespace

pid_t spawn(const Command& command, int output)
{
    std::vector<std::string> arguments{command.program};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    auto environment = environment_of(command);
    const auto argument_pointers = pointers_to(arguments);
    const auto environment_pointers = pointers_to(environment);
    const auto parent = getpid();
    const auto child = fork();
    if (child < 0) {
        fail_call("fork");
    }

    if (child == 0) {
        become(command, argument_pointers.data(), environment_pointers.data(), output, parent);
    }

    return child;
}

} // namespace outside
