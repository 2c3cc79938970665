#pragma once

#include "measuring/clock.hpp"
#include "measuring/sample.hpp"

#include <cstdint>
#include <vector>

namespace outside {

/// How long each of many things took, kept one by one: the quantiles are those of the durations themselves.
class Latencies {
public:
    void add(Duration duration);

    std::size_t count() const
    {
        return microseconds_.size();
    }

    /// Adds the median and the 99th percentile.
    void add_to(Sample& sample) const;

private:
    double quantile_ms(double share) const;

    std::vector<float> microseconds_;
};

} // namespace outside
