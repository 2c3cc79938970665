using System.Globalization;
using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster;

// Sends to accounts whose servers have changed since an earlier send.
public sealed partial class MessageBusContract
{
    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_AccountRegisteredOnAnotherServer_ReachesThatServerToo(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        var (atB, atC) = (new Inbox(), new Inbox());
        await using var listenB = await other.SubscribeAsync(b, atB.Receive);
        await using var listenC = await other.SubscribeAsync(c, atC.Receive);
        await bus.SendToAccountAsync("acme", a, "one"u8.ToArray());
        Assert.Equal([new DeliveryResult(b, 1, true)], await bus.SendToAccountAsync("acme", a, "two"u8.ToArray()));
        await registry.RegisterAsync(c, [new("acme", "2", default), new("acme", "3", default)]);

        Assert.Equal([new DeliveryResult(b, 1, true), new DeliveryResult(c, 2, true)], await bus.SendToAccountAsync("acme", a, "three"u8.ToArray()));
        Assert.Equal([new DeliveryResult(b, 1, true), new DeliveryResult(c, 2, true)], await bus.SendToAccountAsync("acme", a, "four"u8.ToArray()));

        foreach (var envelope in (string[])["one", "two", "three", "four"])
        {
            Assert.Equal(envelope, await atB.NextAsync());
        }

        Assert.Equal("three", await atC.NextAsync());
        Assert.Equal("four", await atC.NextAsync());
        Assert.True(atB.IsEmpty);
        Assert.True(atC.IsEmpty);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_AccountUnregistered_ReachesNoServerUntilItRegistersAgain(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        await using var listenB = await other.SubscribeAsync(b, _ => { });
        await using var listenC = await other.SubscribeAsync(c, _ => { });
        await bus.SendToAccountAsync("acme", a, "one"u8.ToArray());

        await registry.UnregisterAsync(b, [new("acme", "1", default)]);
        Assert.Empty(await bus.SendToAccountAsync("acme", a, "two"u8.ToArray()));
        Assert.Empty(await bus.SendToAccountAsync("acme", a, "three"u8.ToArray()));

        await registry.RegisterAsync(c, [new("acme", "2", default)]);
        Assert.Equal([new DeliveryResult(c, 1, true)], await bus.SendToAccountAsync("acme", a, "four"u8.ToArray()));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_ServerStopsListening_ReportsItUntilItListensAgain(Backend backend)
    {
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        await using (await other.SubscribeAsync(b, _ => { }))
        {
            Assert.Equal([new DeliveryResult(b, 1, true)], await bus.SendToAccountAsync("acme", a, "one"u8.ToArray()));
            Assert.Equal([new DeliveryResult(b, 1, true)], await bus.SendToAccountAsync("acme", a, "two"u8.ToArray()));
        }

        await Deadline.WaitUntilAsync(async () => !(await bus.SendToAccountAsync("acme", a, "three"u8.ToArray())).Single().HasSubscriber);
        Assert.Equal([new DeliveryResult(b, 1, false)], await bus.SendToAccountAsync("acme", a, "four"u8.ToArray()));

        var atB = new Inbox();
        await using var listenB = await other.SubscribeAsync(b, atB.Receive);
        Assert.Equal([new DeliveryResult(b, 1, true)], await bus.SendToAccountAsync("acme", a, "five"u8.ToArray()));
        Assert.Equal("five", await atB.NextAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task SendAsync_ServerRegistersAndUnregisters_DeliversOnceInOrderWhileRegistered(Backend backend)
    {
        const int Rounds = 25;
        const int Burst = 100;
        var (registry, bus, other) = await backends.NewClusterAsync(backend);
        var (a, b, c) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"), await JoinAsync(registry, "c"));
        var (atB, atC) = (new Inbox(), new Inbox());
        await using var listenB = await other.SubscribeAsync(b, atB.Receive);
        await using var listenC = await other.SubscribeAsync(c, atC.Receive);
        await registry.RegisterAsync(b, [new("acme", "1", default)]);
        var guaranteed = new List<int>();
        var sent = 0;

        for (var round = 0; round < Rounds; round++)
        {
            var whileRegistering = SendMany();
            var registering = Task.Run(() => registry.RegisterAsync(c, [new("acme", "2", default)]));
            whileRegistering.AddRange(SendMany());
            await registering.WithTimeout();
            var whileRegistered = SendMany();
            guaranteed.AddRange(whileRegistered.Select(send => send.Number));
            await WhenAllAsync(whileRegistering);
            foreach (var (_, reached) in whileRegistered)
            {
                Assert.Equal([new DeliveryResult(b, 1, true), new DeliveryResult(c, 1, true)], await reached.WithTimeout());
            }

            var whileUnregistering = SendMany();
            var removing = Task.Run(() => registry.UnregisterAsync(c, [new("acme", "2", default)]));
            whileUnregistering.AddRange(SendMany());
            await removing.WithTimeout();
            await WhenAllAsync(whileUnregistering);
        }

        await bus.SendToServerAsync(b, "end"u8.ToArray());
        await bus.SendToServerAsync(c, "end"u8.ToArray());
        var (receivedB, receivedC) = (await AllAsync(atB), await AllAsync(atC));
        Assert.Equal(Enumerable.Range(0, sent), receivedB);
        Assert.Equal(receivedC.Distinct().Order(), receivedC);
        Assert.Empty(guaranteed.Except(receivedC));

        List<(int Number, Task<IReadOnlyList<DeliveryResult>> Reached)> SendMany() =>
            [.. Enumerable.Range(0, Burst).Select(_ => (sent, bus.SendToAccountAsync("acme", a, Encoding.ASCII.GetBytes($"{sent++}"))))];

        async Task WhenAllAsync(List<(int Number, Task<IReadOnlyList<DeliveryResult>> Reached)> sends)
        {
            foreach (var (_, reached) in sends)
            {
                Assert.Contains(new DeliveryResult(b, 1, true), await reached.WithTimeout());
            }
        }

        static async Task<List<int>> AllAsync(Inbox inbox)
        {
            var all = new List<int>();
            while (await inbox.NextAsync() is var envelope && envelope != "end")
            {
                all.Add(int.Parse(envelope, CultureInfo.InvariantCulture));
            }

            return all;
        }
    }
}
