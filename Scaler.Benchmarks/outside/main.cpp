#include "load_error.hpp"
#include "report/report.hpp"
#include "scenarios/scenario_list.hpp"
#include "stop_signals.hpp"

#include <cstdio>
#include <exception>

namespace outside {

namespace {

int run(const Options& options)
{
    if (options.scenario == "list") {
        for (const auto& scenario : all_scenarios()) {
            std::printf("%-18s %s\n", scenario.name.c_str(), scenario.title.c_str());
        }

        return 0;
    }

    EventLoop loop;
    const StopSignals stop(loop);
    const auto scenarios = find_scenarios(options.scenario);
    Report report(options);
    report.machine();
    for (const auto& scenario : scenarios) {
        report.add(scenario, run_scenario(scenario, loop, options));
    }

    report.verdicts();
    return 0;
}

} // namespace

} // namespace outside

int main(int count, char** arguments)
{
    try {
        return outside::run(outside::parse_options(count, arguments));
    } catch (const outside::Stopped& stopped) {
        // As a shell says of what a signal has ended.
        return 128 + stopped.signal;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
