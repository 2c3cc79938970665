#include "measuring/latencies.hpp"

#include "measuring/figure.hpp"

#include <algorithm>
#include <cmath>

namespace outside {

void Latencies::add(Duration duration)
{
    microseconds_.push_back(static_cast<float>(microseconds(duration)));
}

void Latencies::add_to(Sample& sample) const
{
    sample.set(figure::median, quantile_ms(0.5));
    sample.set(figure::p99, quantile_ms(0.99));
}

double Latencies::quantile_ms(double share) const
{
    if (microseconds_.empty()) {
        return std::nan("");
    }

    // The least that so many have not exceeded.
    auto values = microseconds_;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::ranges::nth_element(values, at);
    constexpr double microseconds_of_a_millisecond = 1000;
    return *at / microseconds_of_a_millisecond;
}

} // namespace outside
