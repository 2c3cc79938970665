using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Lists all scenarios, with the servers and targets of each.</summary>
internal static class ScenarioList
{
    private static readonly ServerKind[] Single =
        [ServerKinds.Kestrel, ServerKinds.EngineIoNode, ServerKinds.EngineIO, ServerKinds.Scaler];

    private static readonly ServerKind[] Clusters = [ServerKinds.SocketIo, ServerKinds.SignalR, ServerKinds.Scaler];

    public static readonly IReadOnlyList<Scenario> All =
    [
        new EchoScenario(64, 1) { Kinds = Single, Targets = Ratios(1.10, 0.95, 1.25) },
        new EchoScenario(64, 16) { Kinds = Single, Targets = Ratios(1.30, 0.16, 1.60) },
        new EchoScenario(1024, 1) { Kinds = Single },
        new EchoScenario(1024, 16) { Kinds = Single, Targets = Ratios(1.25, 0.20, 1.60) },
        new PollingScenario
        {
            Kinds = Single,
            Targets = Ratios(1.30, 0.75, null),
        },
        new ConnectScenario { Kinds = Single, Targets = Ratios(1.25, 0.55, 1.5) },
        new IdleScenario(10_000)
        {
            Kinds = Single,
            Targets =
            [
                new(ServerKinds.EngineIO.Name, Figure.Memory, 13.5),
                new(ServerKinds.EngineIO.Name, Figure.Memory, 1.0, ServerKinds.EngineIoNode.Name),
                new(ServerKinds.Scaler.Name, Figure.Memory, 15),
            ],
        },
        new HeartbeatScenario { Kinds = Single, Targets = Ratios(1.0, 0.8, null) },
        new PacedScenario(1000) { Kinds = Single },
        new PacedScenario(5000) { Kinds = Single, Targets = Ratios(0.45, 2.6, 1.2) },
        new FanOutScenario(1000) { Kinds = Single, Targets = Ratios(1.05, 0.55, 1.1) },
        new FanOutScenario(5000) { Kinds = Single, Targets = Ratios(1.05, 0.55, 1.1) },
        new FanOutScenario(1000, servers: 2) { Kinds = Clusters, Targets = OverClusters(Figure.Cpu, 0.65, 0.5) },
        new AccountScenario(servers: 2)
        {
            Kinds = Clusters,
            Targets = [.. OverClusters(Figure.Cpu, 0.8, null), .. OverClusters(Figure.RedisCpu, 1.0, null)],
        },
        new RemotePollScenario
        {
            Kinds = [ServerKinds.Scaler],
            Targets =
            [
                new(ServerKinds.Scaler.Name, Figure.AddedCpu, 1.0),

                // A poll sends no command; the lease renewals of the servers are counted too.
                new(ServerKinds.Scaler.Name, Figure.RedisCommands, 0.01),
            ],
        },
        new GrowthScenario { Kinds = Single },
        new AccountScenario(servers: 1) { Kinds = Clusters },
        new AccountScenario(servers: 4) { Kinds = Clusters },
        new HostileScenario { Kinds = [ServerKinds.Scaler] },
        new StalledScenario
        {
            Kinds = [ServerKinds.ScalerShortQueues],
            Targets = [new("beside 1,000 stalled", Figure.P99, 1.5, "alone")],
        },
        new ForgedScenario
        {
            Kinds = Single,
            Targets =
            [
                new(ServerKinds.EngineIO.Name, Figure.Cpu, 1.2, ServerKinds.Kestrel.Name),
                new(ServerKinds.Scaler.Name, Figure.Cpu, 1.2, ServerKinds.Kestrel.Name),
            ],
        },
    ];

    public static IReadOnlyList<Scenario> Find(string names)
    {
        if (names == "all")
        {
            return [.. All.Where(scenario => scenario.Targets.Count > 0)];
        }

        return [.. names.Split(',').Select(name => All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new ArgumentException($"There is no scenario '{name}'. Use --scenario list to list all scenarios."))];
    }

    /// <summary>
    /// Creates targets for ratios of CPU time: EngineIO to Kestrel, EngineIO to engine.io and, if given, Scaler to EngineIO.
    /// </summary>
    private static Target[] Ratios(double overKestrel, double overEngineIoNode, double? scalerOverEngineIO) =>
    [
        new(ServerKinds.EngineIO.Name, Figure.Cpu, overKestrel, ServerKinds.Kestrel.Name),
        new(ServerKinds.EngineIO.Name, Figure.Cpu, overEngineIoNode, ServerKinds.EngineIoNode.Name),
        .. scalerOverEngineIO is { } atMost
            ? (Target[])[new(ServerKinds.Scaler.Name, Figure.Cpu, atMost, ServerKinds.EngineIO.Name)]
            : [],
    ];

    /// <summary>
    /// Creates targets for ratios of a figure: Scaler to socket.io with its Redis adapter and, if given, Scaler to SignalR with
    /// its Redis backplane.
    /// </summary>
    private static Target[] OverClusters(string figure, double overSocketIo, double? overSignalR) =>
    [
        new(ServerKinds.Scaler.Name, figure, overSocketIo, ServerKinds.SocketIo.Name),
        .. overSignalR is { } atMost ? (Target[])[new(ServerKinds.Scaler.Name, figure, atMost, ServerKinds.SignalR.Name)] : [],
    ];
}
