#pragma once

#include "measuring/clock.hpp"
#include "servers/server_kind.hpp"

#include <string>
#include <vector>

namespace outside {

/// What is asked for: --scenario echo-64-1,connect --rounds 5 --seconds 4 --out table.md
struct Options {
    /// Names of scenarios, or "all" (those with a target), or "list".
    std::string scenario = "all";

    /// Names of servers to measure; empty for all of a scenario.
    std::vector<std::string> only;

    /// How often each server is measured; the median counts.
    int rounds = 5;

    /// How long one measurement takes, in seconds.
    double seconds = 4;

    /// How long a server is under load before its first measurement, in seconds.
    double warmup = 12;

    Place place{"", "Release"};

    /// A file that gets the tables too; empty for none.
    std::string out;

    bool measures(const std::string& server) const;
};

Options parse_options(int count, char** arguments);

/// The parts of a text between commas.
std::vector<std::string> split(const std::string& list);

} // namespace outside
