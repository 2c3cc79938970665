using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster;

/// <summary>Tests the contract that every message bus must meet.</summary>
public sealed partial class MessageBusContract(Backends backends) : IClassFixture<Backends>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_AccountOnSeveralServers_ReachesAllButTheSender(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        await registry.RegisterAsync(a, [new("acme", "1", default)]);
        await registry.RegisterAsync(b, [new("acme", "2", default), new("acme", "3", default)]);
        await registry.RegisterAsync(c, [new("else", "4", default)]);
        var (atA, atB, atC) = (new Inbox(), new Inbox(), new Inbox());
        await using var listenA = await bus.SubscribeAsync(a, atA.Receive);
        await using var listenB = await other.SubscribeAsync(b, atB.Receive);
        await using var listenC = await other.SubscribeAsync(c, atC.Receive);

        var reached = await bus.SendToAccountAsync("acme", a, "hello"u8.ToArray());
        await bus.SendToAccountAsync("else", a, "end"u8.ToArray());

        Assert.Equal([new DeliveryResult(b, 2, true)], reached);
        Assert.Equal("hello", await atB.NextAsync());
        Assert.Equal("end", await atC.NextAsync());
        Assert.True(atA.IsEmpty);
        Assert.True(atC.IsEmpty);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_ServerNotListening_ReportsIt(Backend backend)
    {
        var (registry, bus, _) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        await registry.RegisterAsync(c, [new("acme", "2", default)]);
        await registry.LeaveAsync(c);

        var reached = await bus.SendToAccountAsync("acme", a, "hello"u8.ToArray());

        Assert.Equal([new DeliveryResult(b, 1, false), new DeliveryResult(c, 1, false)], reached.OrderBy(r => r.ServerEpoch, StringComparer.Ordinal));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_UnknownAccount_ReachesNoServer(Backend backend)
    {
        var (registry, bus, _) = await backends.NewClusterAsync(backend);
        var a = await JoinAsync(registry, "a");

        Assert.Empty(await bus.SendToAccountAsync("unknown", a, "hello"u8.ToArray()));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task BroadcastAsync_LiveAndDeadServers_ReachesEveryLiveServerButTheSender(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        await registry.RegisterAsync(b, [new("acme", "2", default), new("else", "3", default)]);
        await registry.LeaveAsync(c);
        var atB = new Inbox();
        await using var listenB = await other.SubscribeAsync(b, atB.Receive);

        var reached = await bus.BroadcastAsync(a, "hello"u8.ToArray());

        Assert.Equal([new DeliveryResult(b, 2, true)], reached);
        Assert.Equal("hello", await atB.NextAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task Sends_FromOneSender_ArriveInOrder(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        var inbox = new Inbox();
        await using var listening = await other.SubscribeAsync(b, inbox.Receive);

        // Not awaited one by one: envelopes must arrive in the order of the calls, no matter which method sent them.
        var sends = Enumerable.Range(0, 300).Select(i =>
        {
            var envelope = Encoding.ASCII.GetBytes($"{i}");
            return (i % 3) switch
            {
                0 => bus.SendToAccountAsync("acme", a, envelope),
                1 => bus.BroadcastAsync(a, envelope),
                _ => (Task)bus.SendToServerAsync(b, envelope),
            };
        }).ToList();
        await Task.WhenAll(sends).WithTimeout();

        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"{i}", await inbox.NextAsync());
        }
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task Sends_ManyConcurrently_EachReturnsItsOwnResult(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c, dead) = (
            await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"), await JoinAsync(registry, "dead"));
        await registry.RegisterAsync(a, [new("here", "1", default), new("everywhere", "2", default)]);
        await registry.RegisterAsync(b, [new("there", "3", default), new("there", "4", default), new("everywhere", "5", default)]);
        await registry.RegisterAsync(c, [new("deaf", "6", default)]);
        await registry.RegisterAsync(dead, [new("dead", "7", default), new("everywhere", "8", default)]);
        await registry.LeaveAsync(dead);
        var inbox = new Inbox();
        await using var listening = await other.SubscribeAsync(b, inbox.Receive);
        var expected = new Dictionary<string, DeliveryResult[]>
        {
            ["here"] = [],
            ["there"] = [new(b, 2, true)],
            ["nowhere"] = [],
            ["deaf"] = [new(c, 1, false)],
            ["dead"] = [new(dead, 1, false)],
            ["everywhere"] = [new(b, 1, true), new(dead, 1, false)],
            ["all"] = [new(b, 3, true), new(c, 1, false)],
            ["b"] = [new(b, 0, true)],
            ["c"] = [new(c, 0, false)],
        };

        var sends = Enumerable.Range(0, 20)
            .SelectMany(i => expected.Keys.Select(name => (Name: name, Reached: SendByNameAsync(name, i)))).ToList();
        foreach (var (name, reached) in sends)
        {
            Assert.Equal(expected[name], (await reached.WithTimeout()).OrderBy(r => r.ServerEpoch, StringComparer.Ordinal));
        }

        for (var i = 0; i < 20; i++)
        {
            foreach (var name in (string[])["there", "everywhere", "all", "b"])
            {
                Assert.Equal($"{name} {i}", await inbox.NextAsync());
            }
        }

        Assert.True(inbox.IsEmpty);

        async Task<IReadOnlyList<DeliveryResult>> SendByNameAsync(string name, int i)
        {
            var envelope = Encoding.ASCII.GetBytes($"{name} {i}");
            return name switch
            {
                "all" => await bus.BroadcastAsync(a, envelope),
                "b" => [new(b, 0, await bus.SendToServerAsync(b, envelope))],
                "c" => [new(c, 0, await bus.SendToServerAsync(c, envelope))],
                _ => await bus.SendToAccountAsync(name, a, envelope),
            };
        }
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_TwoSendersOnOneBus_EachReachesTheOtherServerOnly(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        await registry.RegisterAsync(a, [new("acme", "1", default)]);
        await registry.RegisterAsync(b, [new("acme", "2", default)]);
        await using var listenA = await other.SubscribeAsync(a, _ => { });
        await using var listenB = await other.SubscribeAsync(b, _ => { });

        var sends = Enumerable.Range(0, 40).Select(i => bus.SendToAccountAsync("acme", i % 3 == 0 ? a : b, "hello"u8.ToArray())).ToList();

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal([new DeliveryResult(i % 3 == 0 ? b : a, 1, true)], await sends[i].WithTimeout());
        }
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task TellAsync_HolderNameWithPatternCharacter_ReachesThatHolderOnly(Backend backend)
    {
        var (_, bus, other) = await backends.NewClusterAsync(backend);
        var (star, plain) = (new Inbox(), new Inbox());
        await using var listenStar = await other.SubscribeAsync("*.1", star.Receive);
        await using var listenPlain = await other.SubscribeAsync("a.1", plain.Receive);

        Assert.True(await bus.SendToServerAsync("a.1", "one"u8.ToArray()));
        Assert.True(await bus.SendToServerAsync("*.1", "two"u8.ToArray()));

        Assert.Equal("one", await plain.NextAsync());
        Assert.Equal("two", await star.NextAsync());
        Assert.True(star.IsEmpty);
        Assert.False(await bus.SendToServerAsync("b.1", "three"u8.ToArray()));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task TellAsync_OwnHolder_ReachesTheSender(Backend backend)
    {
        var (registry, bus, _) = await backends.NewClusterAsync(backend);
        var a = await JoinAsync(registry, "a");
        var inbox = new Inbox();
        await using var listening = await bus.SubscribeAsync(a, inbox.Receive);
        await bus.SendToAccountAsync("acme", a, "one"u8.ToArray());

        Assert.True(await bus.SendToServerAsync(a, "two"u8.ToArray()));

        Assert.Equal("two", await inbox.NextAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task ListenAsync_Disposed_ReceivesNothingMore(Backend backend)
    {
        var (_, bus, other) = await backends.NewClusterAsync(backend);
        var inbox = new Inbox();
        var listening = await other.SubscribeAsync("a.1", inbox.Receive);
        await bus.SendToServerAsync("a.1", "one"u8.ToArray());
        Assert.Equal("one", await inbox.NextAsync());

        await listening.DisposeAsync();

        await Deadline.WaitUntilAsync(async () => !await bus.SendToServerAsync("a.1", "two"u8.ToArray()));
    }

    private static async Task<string> JoinAsync(IServerRegistry registry, string id)
    {
        var server = new ServerInfo { Id = id, Epoch = 1 };
        await registry.RenewAsync(server, Lease, join: true);
        return server.EpochName;
    }

    private sealed class Inbox
    {
        private readonly System.Threading.Channels.Channel<string> _received = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public bool IsEmpty => _received.Reader.Count == 0;

        public void Receive(ReadOnlyMemory<byte> envelope) => _received.Writer.TryWrite(Encoding.UTF8.GetString(envelope.Span));

        public Task<string> NextAsync() => _received.Reader.ReadAsync().AsTask().WithTimeout("the next envelope");
    }
}
