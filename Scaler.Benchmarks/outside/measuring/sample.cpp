#include "measuring/sample.hpp"

#include <algorithm>
#include <cmath>

namespace outside {

void Sample::set(std::string_view figure, double value)
{
    figures_.emplace_back(figure, value);
}

double Sample::get(std::string_view figure) const
{
    const auto found = std::ranges::find(figures_, figure, [](const auto& entry) { return entry.first; });
    return found == figures_.end() ? std::nan("") : found->second;
}

} // namespace outside
