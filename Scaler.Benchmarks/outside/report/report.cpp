#include "report/report.hpp"

#include "load_error.hpp"
#include "report/number.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <memory>

namespace outside {

namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

/// What follows a prefix in the first line of a file that has it.
std::string line_behind(const char* path, std::string_view prefix)
{
    const File file(std::fopen(path, "re"), std::fclose);
    char line[512];
    while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
        std::string_view text(line);
        if (text.starts_with(prefix)) {
            text.remove_prefix(text.find_first_not_of("\t :=\"", prefix.size()));
            return std::string(text.substr(0, text.find_last_not_of("\"\n") + 1));
        }
    }

    return "unknown";
}

} // namespace

Report::Report(const Options& options) : options_(options)
{
}

void Report::machine()
{
    char measured[64];
    std::snprintf(measured, sizeof measured, "Medians of %d rounds of %g s each", options_.rounds, options_.seconds);
    write(line_behind("/etc/os-release", "PRETTY_NAME") + ", " + line_behind("/proc/cpuinfo", "model name") + ", "
        + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores, measured from outside. " + measured + ", interleaved.\n");
}

void Report::add(const Scenario& scenario, const Samples& samples)
{
    write("### " + scenario.name + ": " + scenario.title + "\n");
    std::string head = "| server |";
    std::string rule = "|---|";
    for (const auto figure : samples.figures()) {
        head.append(" ").append(figure).append(" |");
        rule += "---:|";
    }

    write(head);
    write(rule);
    for (const auto& server : samples.servers()) {
        std::string row = "| " + server + " |";
        for (const auto figure : samples.figures()) {
            row += " " + number(samples.median(server, figure)) + " |";
        }

        write(row);
    }

    write("");
    for (const auto& target : scenario.targets) {
        add_verdict(scenario, samples, target);
    }
}

void Report::verdicts()
{
    if (!verdicts_.empty()) {
        write("### Targets\n\n| scenario | figure | of | measured | target | |\n|---|---|---|---:|---:|---|");
        for (const auto& verdict : verdicts_) {
            write(verdict);
        }
    }
}

void Report::add_verdict(const Scenario& scenario, const Samples& samples, const Target& target)
{
    auto value = samples.median(target.server, target.figure);
    auto what = target.server;
    if (!target.reference.empty()) {
        value /= samples.median(target.reference, target.figure);
        what += " ÷ " + target.reference;
    }

    if (!std::isnan(value)) {
        verdicts_.push_back("| " + scenario.name + " | " + std::string(target.figure) + " | " + what + " | " + number(value)
            + " | ≤ " + number(target.at_most) + " | " + (value <= target.at_most ? "met" : "missed") + " |");
    }
}

void Report::write(const std::string& line)
{
    std::puts(line.c_str());
    std::fflush(stdout);
    all_ += line + '\n';
    if (!options_.out.empty()) {
        const File file(std::fopen(options_.out.c_str(), "we"), std::fclose);
        if (!file || std::fputs(all_.c_str(), file.get()) < 0) {
            fail_call(options_.out);
        }
    }
}

} // namespace outside
