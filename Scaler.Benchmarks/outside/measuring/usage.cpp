#include "measuring/usage.hpp"

#include "load_error.hpp"
#include "measuring/figure.hpp"

namespace outside {

Usage& Usage::operator+=(const Usage& other)
{
    cpu += other.cpu;
    redis_cpu += other.redis_cpu;
    elapsed += other.elapsed;
    return *this;
}

Sample Usage::per(double count) const
{
    if (count <= 0) {
        fail("nothing came that could be counted");
    }

    Sample sample;
    sample.set(figure::cpu, microseconds(cpu) / count);
    sample.set(figure::rate, count / seconds(elapsed));
    return sample;
}

void Usage::add_redis_to(Sample& sample, double count) const
{
    sample.set(figure::redis_cpu, microseconds(redis_cpu) / count);
}

UsageMeter::UsageMeter(const ServerGroup& group) : group_(group), before_(total())
{
}

Usage UsageMeter::read() const
{
    auto usage = total();
    usage.cpu -= before_.cpu;
    usage.redis_cpu -= before_.redis_cpu;
    usage.elapsed -= before_.elapsed;
    return usage;
}

Usage UsageMeter::total() const
{
    return {group_.cpu(), group_.redis() != nullptr ? group_.redis()->cpu() : Duration{}, Clock::now().time_since_epoch()};
}

} // namespace outside
