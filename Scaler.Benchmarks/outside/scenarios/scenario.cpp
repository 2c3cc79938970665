#include "scenarios/scenario.hpp"

#include "load_error.hpp"

#include <algorithm>
#include <cstdio>

namespace outside {

namespace {

class Run {
public:
    Run(const Scenario& scenario, EventLoop& loop, const Options& options) : scenario_(scenario), loop_(loop), options_(options)
    {
        std::ranges::copy_if(scenario.kinds, std::back_inserter(kinds_),
            [&options](const ServerKind* kind) { return options.measures(kind->name); });
    }

    Samples side_by_side()
    {
        std::vector<std::unique_ptr<ServerGroup>> groups;
        for (const auto* kind : kinds_) {
            groups.push_back(start(*kind));
        }

        for (const auto& group : groups) {
            warm_up(*group);
        }

        for (int round = 0; round < options_.rounds; round++) {
            for (std::size_t i = 0; i < groups.size(); i++) {
                // Who comes first changes, so that nobody always follows the same neighbour.
                sample(*groups[(i + static_cast<std::size_t>(round)) % groups.size()], round);
            }
        }

        return samples_;
    }

    Samples one_by_one()
    {
        constexpr int most_rounds = 3;
        for (int round = 0; round < std::min(options_.rounds, most_rounds); round++) {
            for (const auto* kind : kinds_) {
                sample(*start(*kind), round);
            }
        }

        return samples_;
    }

private:
    std::unique_ptr<ServerGroup> start(const ServerKind& kind)
    {
        return std::make_unique<ServerGroup>(loop_, options_.place, kind, scenario_.servers, scenario_.ping_interval);
    }

    /// A server's code is compiled for good only after it has run a while under its load, and what opens and closes
    /// connections only after that has been done several times: each part opens its own.
    void warm_up(ServerGroup& group)
    {
        constexpr int parts = 6;
        for (int part = 0; part < parts && options_.warmup > 0; part++) {
            measure(group, from_seconds(options_.warmup / parts));
        }
    }

    void sample(ServerGroup& group, int round)
    {
        const auto sample = measure(group, from_seconds(options_.seconds));
        samples_.add(group.kind().name, sample);
        std::fprintf(
            stderr, "%s %d/%d %s:", scenario_.name.c_str(), round + 1, options_.rounds, group.kind().name.c_str());
        for (const auto& [figure, value] : sample.all()) {
            std::fprintf(stderr, " %s %.3f", std::string(figure).c_str(), value);
        }

        std::fputc('\n', stderr);
    }

    Sample measure(ServerGroup& group, Duration duration)
    {
        try {
            return scenario_.measure(group, duration);
        } catch (const LoadError& error) {
            fail(scenario_.name + ", " + group.kind().name + ": " + error.what() + '\n' + group.output());
        }
    }

    const Scenario& scenario_;
    EventLoop& loop_;
    const Options& options_;
    std::vector<const ServerKind*> kinds_;
    Samples samples_;
};

} // namespace

Samples run_scenario(const Scenario& scenario, EventLoop& loop, const Options& options)
{
    Run run(scenario, loop, options);
    return scenario.is_once_in_a_life ? run.one_by_one() : run.side_by_side();
}

} // namespace outside
