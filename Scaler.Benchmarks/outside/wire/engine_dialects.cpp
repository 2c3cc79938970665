#include "load_error.hpp"
#include "wire/dialect.hpp"
#include "wire/wrapping.hpp"

#include <utility>

namespace outside {

namespace {

/// As long as a genuine session id of Scaler, and of a server that exists or may exist.
std::string forged_sid()
{
    return std::string(16, 'a') + '.' + std::string(24, 'b') + '.' + std::string(22, 'c');
}

/// Engine.IO 4 (engine.io-protocol, "Packet encoding"): a packet is a digit for its type and what it carries.
class EngineDialect : public Dialect {
public:
    explicit EngineDialect(std::string path) : path_(std::move(path))
    {
    }

    std::string web_socket_target(const std::string& account) const final
    {
        return path_ + "?EIO=4&transport=websocket&account=" + account;
    }

    std::string polling_target(const std::string& account) const final
    {
        return path_ + "?EIO=4&transport=polling&account=" + account;
    }

    std::string forged_target() const final
    {
        return polling_target("account") + "&sid=" + forged_sid();
    }

    std::string_view pong() const final
    {
        return "3";
    }

    std::string message(std::string_view event, std::string_view text) const override
    {
        if (event != "echo") {
            fail("Engine.IO alone knows no accounts");
        }

        return '4' + std::string(text);
    }

    /// Over WebSocket a frame is a packet.
    Record next(std::string_view& payload) const final
    {
        const auto packet = std::exchange(payload, {});
        switch (packet.front()) {
        case '0':
            return {opened()};
        case '2':
            return {Meaning::ping};
        case '4':
            return read(packet.substr(1));
        case '6':
            return {Meaning::nothing};
        default:
            refuse(packet);
        }
    }

protected:
    /// What an open packet says.
    virtual Meaning opened() const
    {
        return Meaning::ready;
    }

    /// What the content of a message packet says.
    virtual Record read(std::string_view content) const
    {
        return {Meaning::message, content};
    }

private:
    std::string path_;
};

/// Engine.IO with messages of JSON: 4{"event":"echo","args":["…"]}
class ScalerDialect final : public EngineDialect {
public:
    ScalerDialect() : EngineDialect("/stream/")
    {
    }

    std::string message(std::string_view event, std::string_view text) const override
    {
        return '4' + wrapping.write(event, text);
    }

protected:
    Record read(std::string_view content) const override
    {
        return {Meaning::message, wrapping.read(content)};
    }

private:
    static constexpr Wrapping wrapping{R"({"event":")", R"(","args":[")", R"("]})"};
};

/// Socket.IO 5 above Engine.IO 4. The client asks for a namespace with 40, and is in when it is told 40{"sid":"…"}; an event
/// is 42["echo","…"].
class SocketIoDialect final : public EngineDialect {
public:
    SocketIoDialect() : EngineDialect("/socket.io/")
    {
    }

    std::string_view hello() const override
    {
        return "40";
    }

    std::string message(std::string_view event, std::string_view text) const override
    {
        return '4' + wrapping.write(event, text);
    }

protected:
    Meaning opened() const override
    {
        return Meaning::nothing;
    }

    Record read(std::string_view content) const override
    {
        return content.starts_with(R"(0{"sid":)") ? Record{Meaning::ready} : Record{Meaning::message, wrapping.read(content)};
    }

private:
    static constexpr Wrapping wrapping{R"(2[")", R"(",")", R"("])"};
};

} // namespace

const Dialect& engine_dialect()
{
    static const EngineDialect dialect("/engine.io/");
    return dialect;
}

const Dialect& scaler_dialect()
{
    static const ScalerDialect dialect;
    return dialect;
}

const Dialect& socket_io_dialect()
{
    static const SocketIoDialect dialect;
    return dialect;
}

} // namespace outside
