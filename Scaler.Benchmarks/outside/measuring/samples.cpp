#include "measuring/samples.hpp"

#include <algorithm>
#include <cmath>

namespace outside {

void Samples::add(const std::string& server, const Sample& sample)
{
    auto found = std::ranges::find(by_server_, server, [](const auto& entry) { return entry.first; });
    if (found == by_server_.end()) {
        found = by_server_.insert(found, {server, {}});
    }

    found->second.push_back(sample);
}

std::vector<std::string> Samples::servers() const
{
    std::vector<std::string> names;
    for (const auto& [server, samples] : by_server_) {
        names.push_back(server);
    }

    return names;
}

std::vector<std::string_view> Samples::figures() const
{
    std::vector<std::string_view> names;
    for (const auto& [server, samples] : by_server_) {
        for (const auto& [figure, value] : samples.front().all()) {
            if (std::ranges::find(names, figure) == names.end()) {
                names.push_back(figure);
            }
        }
    }

    return names;
}

double Samples::median(const std::string& server, std::string_view figure) const
{
    std::vector<double> values;
    for (const auto& [name, samples] : by_server_) {
        if (name == server) {
            for (const auto& sample : samples) {
                values.push_back(sample.get(figure));
            }
        }
    }

    if (values.empty() || std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
        return std::nan("");
    }

    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace outside
