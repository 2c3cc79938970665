using System.Diagnostics;
using System.Globalization;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>Defines the servers under measurement: Scaler and its peers.</summary>
internal static class ServerKinds
{
    private const string ApiKey = "benchmarks-benchmarks-benchmarks-benchmarks";

    /// <summary>The limit of the platform: plain WebSockets in ASP.NET Core, without a protocol on top.</summary>
    public static readonly ServerKind Kestrel = new("Kestrel", new PlainProtocol(), launch =>
    {
        var start = Dotnet("Scaler.Benchmarks/peers/Kestrel", "Kestrel", launch);
        if (launch.PingInterval is { } interval)
        {
            start.Environment["KeepAliveInterval"] = interval.ToString();
        }

        return start;
    });

    /// <summary>engine.io on Node.</summary>
    public static readonly ServerKind EngineIoNode = new("engine.io", new EngineIOProtocol("/engine.io/"), launch => Node("engineio.mjs", launch));

    /// <summary>Scaler.EngineIO alone.</summary>
    public static readonly ServerKind EngineIO = new("EngineIO", new EngineIOProtocol("/engine.io/"), launch =>
    {
        var start = Dotnet("samples/EngineIO.Echo", "EngineIO.Echo", launch);
        if (launch.PingInterval is { } interval)
        {
            start.Environment["EngineIO__PingInterval"] = interval.ToString();
        }

        return start;
    });

    /// <summary>Scaler.Stream: accounts, JSON messages and the cluster.</summary>
    public static readonly ServerKind Scaler = new("Scaler", new ScalerProtocol(), launch =>
    {
        var start = Dotnet("Scaler.Stream", "Scaler.Stream", launch);
        start.Environment["ConnectionStrings__redis"] = launch.Redis;
        start.Environment["Scaler__Auth__Mode"] = "None";
        start.Environment["Scaler__Api__Keys__0"] = ApiKey;
        start.Environment["Scaler__Cluster__Secret"] = "the secret of the servers that are measured";
        start.Environment["Scaler__Cluster__DrainBudget"] = "00:00:01";
        if (launch.PingInterval is { } interval)
        {
            start.Environment["Scaler__EngineIO__PingInterval"] = interval.ToString();
        }

        return start;
    })
    {
        NeedsRedis = true,
        BroadcastPath = "/api/messages",
        CreateBroadcastBody = text => $$"""{"event":"echo","args":["{{text}}"]}""",
        BroadcastHeaders = $"Content-Type: application/json\r\nAuthorization: Bearer {ApiKey}\r\n",
    };

    /// <summary>Scaler with queues of 1 MiB, which slow clients fill within seconds.</summary>
    public static readonly ServerKind ScalerShortQueues = Scaler with
    {
        Start = launch =>
        {
            var start = Scaler.Start(launch);
            start.Environment["Scaler__EngineIO__MaxQueuedBytes"] = (1024 * 1024).ToString(CultureInfo.InvariantCulture);
            return start;
        },
    };

    /// <summary>socket.io on Node, with the Redis adapter.</summary>
    public static readonly ServerKind SocketIo = new("socket.io", new SocketIoProtocol(), launch => Node("socketio.mjs", launch));

    /// <summary>ASP.NET Core SignalR, with its Redis backplane.</summary>
    public static readonly ServerKind SignalR = new("SignalR", new SignalRProtocol(), launch =>
    {
        var start = Dotnet("Scaler.Benchmarks/peers/SignalR", "SignalR", launch);
        if (launch.Redis is not null)
        {
            start.Environment["ConnectionStrings__redis"] = launch.Redis;
        }

        return start;
    });

    private static ProcessStartInfo Dotnet(string project, string assembly, LaunchOptions launch)
    {
        var folder = Path.Combine(Root(), project, "bin", BuildConfiguration(), "net10.0");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, assembly + ".dll")]) { WorkingDirectory = folder };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{launch.Port}";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logging__LogLevel__Default"] = "Warning";

        // As the README recommends: otherwise each request keeps a log scope and an activity for as long as its WebSocket is
        // open.
        start.Environment["Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics"] = "None";

        // The runtime settings of the load generator must not apply to the servers.
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("DOTNET_SYSTEM_NET", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private static ProcessStartInfo Node(string script, LaunchOptions launch)
    {
        var folder = Path.Combine(Root(), "Scaler.Benchmarks", "peers", "node");
        var start = new ProcessStartInfo("node", [script]) { WorkingDirectory = folder };
        start.Environment["NODE_ENV"] = "production";
        start.Environment["PORT"] = launch.Port.ToString(CultureInfo.InvariantCulture);
        if (launch.Redis is not null)
        {
            start.Environment["REDIS"] = "redis://" + launch.Redis;
        }

        if (launch.PingInterval is { } interval)
        {
            start.Environment["PING_INTERVAL"] = interval.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        }

        return start;
    }

    private static string BuildConfiguration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Scaler.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            "Run the benchmarks from their build output inside the repository: Scaler.sln was not found in any parent folder.");
    }
}
