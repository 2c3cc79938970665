#pragma once

#include "measuring/samples.hpp"
#include "options.hpp"
#include "servers/server_group.hpp"

#include <functional>
#include <optional>

namespace outside {

/// What a figure is to be at most: relative to another server in the same run, or, where none is named, by itself.
struct Target {
    std::string server;
    std::string_view figure;
    double at_most;
    std::string reference = {};
};

/// A kind of load, and what it is to show.
struct Scenario {
    std::string name;

    /// What is counted, for the table's head.
    std::string title;

    std::vector<const ServerKind*> kinds;
    std::vector<Target> targets;
    std::function<Sample(ServerGroup&, Duration)> measure;

    /// How many servers of each kind there are.
    int servers = 1;

    std::optional<std::chrono::seconds> ping_interval = {};

    /// Whether each measurement has servers of its own. Otherwise all run from the beginning to the end, and are measured by
    /// turns, one at a time.
    bool is_once_in_a_life = false;
};

Samples run_scenario(const Scenario& scenario, EventLoop& loop, const Options& options);

} // namespace outside
