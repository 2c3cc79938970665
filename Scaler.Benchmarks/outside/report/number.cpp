#include "report/number.hpp"

#include <cmath>
#include <cstdio>

namespace outside {

std::string whole(double value)
{
    auto text = std::to_string(std::llround(value));
    for (auto at = text.size(); at > 3; at -= 3) {
        text.insert(at - 3, ",");
    }

    return text;
}

std::string number(double value)
{
    if (std::isnan(value)) {
        return {};
    }

    if (value >= 1000) {
        return whole(value);
    }

    char text[32];
    std::snprintf(text, sizeof text, value >= 10 ? "%.1f" : "%.2f", value);
    return text;
}

} // namespace outside
