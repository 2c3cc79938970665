#include "load_error.hpp"
#include "wire/dialect.hpp"
#include "wire/wrapping.hpp"

namespace outside {

namespace {

/// SignalR's JSON hub protocol, without negotiation: records that end with 0x1E, sometimes several in a frame. The handshake
/// is answered with {}, an invocation is {"type":1,"target":"echo","arguments":["…"]}, a ping {"type":6}.
class SignalRDialect final : public Dialect {
public:
    std::string web_socket_target(const std::string& account) const override
    {
        return "/hub?account=" + account;
    }

    std::string polling_target(const std::string&) const override
    {
        fail("SignalR's polling is not measured");
    }

    std::string forged_target() const override
    {
        fail("SignalR's polling is not measured");
    }

    std::string_view hello() const override
    {
        return "{\"protocol\":\"json\",\"version\":1}\x1e";
    }

    /// The server drops a client that has said nothing for 30 s.
    std::string_view pong() const override
    {
        return "{\"type\":6}\x1e";
    }

    std::string message(std::string_view event, std::string_view text) const override
    {
        return wrapping.write(event, text) + end;
    }

    Record next(std::string_view& payload) const override
    {
        const auto size = payload.find(end);
        if (size == std::string_view::npos) {
            refuse(payload);
        }

        const auto record = payload.substr(0, size);
        payload.remove_prefix(size + 1);
        if (record == "{}") {
            return {Meaning::ready};
        }

        // Its goodbye, also behind that of a client; a connection that ends without one is told as that.
        if (record.starts_with(R"({"type":7)")) {
            return {Meaning::nothing};
        }

        return record == R"({"type":6})" ? Record{Meaning::ping} : Record{Meaning::message, wrapping.read(record)};
    }

private:
    static constexpr char end = '\x1e';
    static constexpr Wrapping wrapping{R"({"type":1,"target":")", R"(","arguments":[")", R"("]})"};
};

} // namespace

const Dialect& signalr_dialect()
{
    static const SignalRDialect dialect;
    return dialect;
}

} // namespace outside
