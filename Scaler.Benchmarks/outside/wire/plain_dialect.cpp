#include "load_error.hpp"
#include "wire/dialect.hpp"

#include <utility>

namespace outside {

namespace {

/// No protocol above WebSocket: each message is a text.
class PlainDialect final : public Dialect {
public:
    std::string web_socket_target(const std::string&) const override
    {
        return "/ws";
    }

    std::string polling_target(const std::string& account) const override
    {
        return "/poll?id=" + account;
    }

    std::string forged_target() const override
    {
        return "/400";
    }

    bool has_sessions() const override
    {
        return false;
    }

    bool tells_ready() const override
    {
        return false;
    }

    std::string message(std::string_view event, std::string_view text) const override
    {
        if (event != "echo") {
            fail("a WebSocket without a protocol knows no accounts");
        }

        return std::string(text);
    }

    Record next(std::string_view& payload) const override
    {
        return {Meaning::message, std::exchange(payload, {})};
    }
};

} // namespace

const Dialect& plain_dialect()
{
    static const PlainDialect dialect;
    return dialect;
}

} // namespace outside
