namespace Scaler.Tests.Admin.Helpers;

/// <summary>Creates sample clusters: 3 servers, 340 accounts, and optional failures.</summary>
internal static class SampleCluster
{
    private static readonly string[] Companies =
        ["acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "wonka", "tyrell", "cyberdyne", "soylent", "vandelay"];

    private static readonly string[] Servers = ["stream-1-7f3a", "stream-2-b01c", "stream-3-5d9e"];

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
        "engine.io-client/6.6 node/22.20.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1",
    ];

    /// <summary>Creates a healthy cluster.</summary>
    public static FakeCluster CreateHealthy(TimeProvider time)
    {
        var random = new Random(42);
        var cluster = new FakeCluster(time);
        for (var i = 0; i < 340; i++)
        {
            var account = $"{Companies[i % Companies.Length]}-{i / Companies.Length + 1:000}";
            for (var c = random.Next(4); c >= 0; c--)
            {
                cluster.Connect(account, Servers[random.Next(3)], random.Next(8) == 0 ? "polling" : "websocket", TimeSpan.FromSeconds(random.Next(90_000)), Agents[random.Next(3)]);
            }
        }

        for (var i = 0; i < Servers.Length; i++)
        {
            var held = cluster.Accounts.Values.SelectMany(connections => connections).Where(connection => connection.Server == Servers[i]).ToArray();
            cluster.Servers[Servers[i]] = new ServerInfo
            {
                Id = Servers[i],
                Epoch = 1,
                Url = $"http://10.0.4.{11 + i}:8080",
                State = ServerState.Up,
                Version = "0.1.0",
                StartedAt = time.GetUtcNow() - TimeSpan.FromHours(76 - i * 21),
                Connections = held.Length,
                WebSockets = held.Count(connection => connection.Transport == "websocket"),
                Accounts = cluster.Accounts.Count(account => account.Value.Any(connection => connection.Server == Servers[i])),
                QueuedBytes = 12_000 * (i + 1),
                MemoryBytes = (181L + 14 * i) << 20,
                BusMilliseconds = 0.6 + 0.2 * i,
                Telemetry = $"stream-{Servers[i][^4..]}",
                LeaseRemaining = TimeSpan.FromSeconds(4.6 - 0.2 * i),
            };
        }

        return cluster;
    }

    /// <summary>Simulates one second of traffic: increases the servers' counters and occasionally raises an error.</summary>
    public static void SimulateTraffic(FakeCluster cluster, TimeProvider time, int second, double load = 1)
    {
        foreach (var server in cluster.Servers.Values.Where(server => server.State != ServerState.Dead))
        {
            var messages = (long)(load * (180 + 60 * Math.Sin(second / 9.0) + second * 7919 % 23));
            cluster.Servers[server.Id] = server with
            {
                Received = server.Received + messages,
                Sent = server.Sent + messages * 3,
                LeaseRemaining = TimeSpan.FromSeconds(4.1 + second * 31 % 9 / 10.0),
                Deliveries = server.BusMilliseconds < 0 ? 0 : messages * 10,
                DeliveryMedianMilliseconds = server.BusMilliseconds < 0 ? null : 0.7 + second * 13 % 7 / 20.0,
                DeliveryP99Milliseconds = server.BusMilliseconds < 0 ? null : 2.8 + second * 29 % 17 / 4.0 + server.Id[^1] % 3,
            };
        }

        cluster.RoundTrip = TimeSpan.FromMilliseconds(0.38 + second * 17 % 11 / 40.0);
        if (second % 40 == 7)
        {
            RaiseError(cluster, time, 0, ErrorNames.Validation, "globex-007", 1, ["chat", "'room' is required"]);
        }
    }

    /// <summary>Simulates failures: one server is dead, one receives no bus messages, and a client sends invalid JSON.</summary>
    public static void SimulateFailures(FakeCluster cluster, TimeProvider time)
    {
        var (dead, silent) = (Servers[2], Servers[1]);
        cluster.Servers[dead] = cluster.Servers[dead] with { State = ServerState.Dead, LeaseRemaining = TimeSpan.FromSeconds(-2) };
        cluster.Servers[silent] = cluster.Servers[silent] with { BusMilliseconds = -1, QueuedBytes = 81L << 20 };
        for (var i = 0; i < 36; i++)
        {
            RaiseError(cluster, time, (36 - i) * 0.9, ErrorNames.Json, i % 6 == 0 ? "initech-004" : "acme-017", i % 2, [$$"""{"event":"chat","args":["order {{7100 + i}}",}"""]);
        }

        RaiseError(cluster, time, 48, ErrorNames.Connect, "stark-003", 1, ["stark-003", "c-91b2f0a7"], late: true);
        RaiseError(cluster, time, 0.8, ErrorNames.Handler, "wonka-002", 0, ["chat", "System.TimeoutException: the order service did not answer within 00:00:05"]);
        RaiseError(cluster, time, 0.4, ErrorNames.Validation, "tyrell-011", 1, ["delete-all", "unknown event"]);
        RaiseError(cluster, time, 0, ErrorNames.Invalid, "<img src=x onerror=alert(1)>", 0, ["[\"<script>alert('hello')</script>\", \"\u202Egnp.exe\"]"]);
    }

    /// <summary>Raises an error event of an account's first connection, dated <paramref name="ago"/> seconds back.</summary>
    public static void RaiseError(
        FakeCluster cluster, TimeProvider time, double ago, string name, string account, int server, string[] arguments, bool late = false)
    {
        if (cluster.Servers.TryGetValue(Servers[server], out var info))
        {
            cluster.Servers[info.Id] = info with { Errors = info.Errors + 1 };
        }

        cluster.Raise(new ScalerError
        {
            Name = name,
            Arguments = arguments,
            At = time.GetUtcNow() - TimeSpan.FromSeconds(ago),
            Server = Servers[server],
            Account = account,
            ConnectionId = cluster.Accounts.TryGetValue(account, out var connections) ? connections[0].Id : "c-77d010aa",
            Late = late,
        });
    }
}
