#pragma once

#include "scenarios/scenario.hpp"

namespace outside {

/// Writes Markdown, to the console and to a file where one is named: each table when its scenario is over.
class Report {
public:
    explicit Report(const Options& options);

    /// On what this is measured.
    void machine();

    void add(const Scenario& scenario, const Samples& samples);

    /// The table of the targets.
    void verdicts();

private:
    void add_verdict(const Scenario& scenario, const Samples& samples, const Target& target);
    void write(const std::string& line);

    const Options& options_;
    std::vector<std::string> verdicts_;
    std::string all_;
};

} // namespace outside
