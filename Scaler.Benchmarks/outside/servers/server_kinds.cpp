#include "load_error.hpp"
#include "servers/server_kind.hpp"
#include "wire/http_client.hpp"

#include <unistd.h>

namespace outside {

namespace {

constexpr std::string_view secret = "benchmarks-benchmarks-benchmarks-benchmarks";

/// As .NET reads a TimeSpan: 00:00:01
std::string time_span(std::chrono::seconds duration)
{
    char text[32];
    const auto count = duration.count();
    std::snprintf(text, sizeof text, "%02ld:%02ld:%02ld", count / 3600, count / 60 % 60, count % 60);
    return text;
}

void set_ping_interval(Command& command, const Launch& launch, const char* variable)
{
    if (launch.ping_interval) {
        command.environment.emplace_back(variable, time_span(*launch.ping_interval));
    }
}

Command dotnet(const std::string& project, const std::string& assembly, const Launch& launch)
{
    const auto folder = launch.place.root + '/' + project + "/bin/" + launch.place.configuration + "/net10.0";
    const auto program = folder + '/' + assembly + ".dll";
    if (access(program.c_str(), R_OK) != 0) {
        fail(program + " is not there; dotnet build -c " + launch.place.configuration + " makes it");
    }

    return {"dotnet", {program}, folder,
        {{"ASPNETCORE_URLS", "http://" + name_of(launch.port)}, {"ASPNETCORE_ENVIRONMENT", "Production"},
            {"Logging__LogLevel__Default", "Warning"},
            // A scope and an activity for each request would be kept as long as its WebSocket.
            {"Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "None"}}};
}

Command node(const char* script, const Launch& launch)
{
    const auto folder = launch.place.root + "/Scaler.Benchmarks/peers/node";
    if (access((folder + "/node_modules").c_str(), R_OK) != 0) {
        fail("the packages of the Node servers are not there; npm ci --prefix " + folder + " installs them");
    }

    Command command{"node", {script}, folder, {{"NODE_ENV", "production"}, {"PORT", std::to_string(launch.port)}}};
    if (!launch.redis.empty()) {
        command.environment.emplace_back("REDIS", "redis://" + launch.redis);
    }

    if (launch.ping_interval) {
        command.environment.emplace_back("PING_INTERVAL", std::to_string(launch.ping_interval->count() * 1000));
    }

    return command;
}

Command kestrel_command(const Launch& launch)
{
    auto command = dotnet("Scaler.Benchmarks/peers/Kestrel", "Kestrel", launch);
    set_ping_interval(command, launch, "KeepAliveInterval");
    return command;
}

Command engine_io_node_command(const Launch& launch)
{
    return node("engineio.mjs", launch);
}

Command engine_io_command(const Launch& launch)
{
    auto command = dotnet("samples/EngineIO.Echo", "EngineIO.Echo", launch);
    set_ping_interval(command, launch, "EngineIO__PingInterval");
    return command;
}

Command scaler_command(const Launch& launch)
{
    auto command = dotnet("Scaler.Stream", "Scaler.Stream", launch);
    command.environment.emplace_back("ConnectionStrings__redis", launch.redis);
    command.environment.emplace_back("Scaler__Auth__Mode", "None");
    command.environment.emplace_back("Scaler__Api__Keys__0", secret);
    command.environment.emplace_back("Scaler__Cluster__Secret", secret);
    command.environment.emplace_back("Scaler__Cluster__DrainBudget", "00:00:01");
    set_ping_interval(command, launch, "Scaler__EngineIO__PingInterval");
    return command;
}

Command socket_io_command(const Launch& launch)
{
    return node("socketio.mjs", launch);
}

Command signalr_command(const Launch& launch)
{
    auto command = dotnet("Scaler.Benchmarks/peers/SignalR", "SignalR", launch);
    if (!launch.redis.empty()) {
        command.environment.emplace_back("ConnectionStrings__redis", launch.redis);
    }

    return command;
}

std::string plain_broadcast(std::string_view text)
{
    return http_post("/broadcast", text);
}

std::string scaler_broadcast(std::string_view text)
{
    return http_post("/api/messages", R"({"event":"echo","args":[")" + std::string(text) + R"("]})",
        "Content-Type: application/json\r\nAuthorization: Bearer " + std::string(secret) + "\r\n");
}

} // namespace

const ServerKind& kestrel()
{
    static const ServerKind kind{"Kestrel", plain_dialect(), kestrel_command, false, plain_broadcast};
    return kind;
}

const ServerKind& engine_io_node()
{
    static const ServerKind kind{"engine.io", engine_dialect(), engine_io_node_command, false, plain_broadcast};
    return kind;
}

const ServerKind& engine_io()
{
    static const ServerKind kind{"EngineIO", engine_dialect(), engine_io_command, false, plain_broadcast};
    return kind;
}

const ServerKind& scaler()
{
    static const ServerKind kind{"Scaler", scaler_dialect(), scaler_command, true, scaler_broadcast};
    return kind;
}

const ServerKind& socket_io()
{
    static const ServerKind kind{"socket.io", socket_io_dialect(), socket_io_command, false, plain_broadcast};
    return kind;
}

const ServerKind& signalr()
{
    static const ServerKind kind{"SignalR", signalr_dialect(), signalr_command, false, plain_broadcast};
    return kind;
}

} // namespace outside
