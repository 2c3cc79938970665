#pragma once

#include "scenarios/scenario.hpp"

namespace outside {

std::vector<Scenario> all_scenarios();

/// Those with these names, or, for "all", those that have a target.
std::vector<Scenario> find_scenarios(const std::string& names);

} // namespace outside
