#include "options.hpp"

#include "load_error.hpp"

#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>

namespace outside {

namespace {

double parse_number(const std::string& option, const std::string& text, double least, double most)
{
    char* end = nullptr;
    const auto value = strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= least && value <= most)) {
        fail(option + " takes a number from " + std::to_string(least) + " to " + std::to_string(most) + ", not '" + text + "'");
    }

    return value;
}

/// The first folder above a path that has the solution in it.
std::string find_root(std::string folder)
{
    while (!folder.empty()) {
        if (access((folder + "/Scaler.sln").c_str(), R_OK) == 0) {
            return folder;
        }

        folder.erase(folder.rfind('/'));
    }

    return {};
}

/// A path from the root of the file system; empty where there is nothing.
std::string real_path(const char* path)
{
    char resolved[PATH_MAX];
    return realpath(path, resolved) != nullptr ? resolved : std::string();
}

void set_option(Options& options, const std::string& option, const std::string& value)
{
    constexpr double hour = 3600;
    if (option == "--scenario") {
        options.scenario = value;
    } else if (option == "--only") {
        options.only = split(value);
    } else if (option == "--rounds") {
        options.rounds = static_cast<int>(parse_number(option, value, 1, 1000));
    } else if (option == "--seconds") {
        options.seconds = parse_number(option, value, 0.1, hour);
    } else if (option == "--warmup") {
        options.warmup = parse_number(option, value, 0, hour);
    } else if (option == "--root") {
        options.place.root = real_path(value.c_str());
    } else if (option == "--configuration") {
        options.place.configuration = value;
    } else if (option == "--out") {
        options.out = value;
    } else {
        fail("there is no option " + option
            + "; there are --scenario, --only, --rounds, --seconds, --warmup, --root, --configuration and --out");
    }
}

} // namespace

bool Options::measures(const std::string& server) const
{
    const auto is_named = [&server](const std::string& name) { return strcasecmp(name.c_str(), server.c_str()) == 0; };
    return only.empty() || std::ranges::any_of(only, is_named);
}

Options parse_options(int count, char** arguments)
{
    Options options;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count) {
            fail(std::string(arguments[i]) + " needs a value");
        }

        set_option(options, arguments[i], arguments[i + 1]);
    }

    if (options.place.root.empty()) {
        options.place.root = find_root(real_path("."));
    }

    if (options.place.root.empty()) {
        options.place.root = find_root(real_path("/proc/self/exe"));
    }

    if (options.place.root.empty()) {
        fail("Scaler.sln is in no folder above this one; --root says where it is");
    }

    return options;
}

std::vector<std::string> split(const std::string& list)
{
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        parts.push_back(list.substr(begin, end - begin));
        begin = end + 1;
    }

    return parts;
}

} // namespace outside
