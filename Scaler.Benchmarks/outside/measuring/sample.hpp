#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace outside {

/// What one measurement of one server gave, by figure, in the order of the table's columns.
class Sample {
public:
    void set(std::string_view figure, double value);

    /// The value of a figure; not a number where it was not measured.
    double get(std::string_view figure) const;

    const std::vector<std::pair<std::string_view, double>>& all() const
    {
        return figures_;
    }

private:
    std::vector<std::pair<std::string_view, double>> figures_;
};

} // namespace outside
