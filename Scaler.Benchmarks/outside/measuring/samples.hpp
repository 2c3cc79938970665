#pragma once

#include "measuring/sample.hpp"

#include <string>

namespace outside {

/// All measurements of a scenario, by server.
class Samples {
public:
    void add(const std::string& server, const Sample& sample);

    std::vector<std::string> servers() const;
    std::vector<std::string_view> figures() const;

    /// The median of a figure; not a number where it was not measured.
    double median(const std::string& server, std::string_view figure) const;

private:
    std::vector<std::pair<std::string, std::vector<Sample>>> by_server_;
};

} // namespace outside
