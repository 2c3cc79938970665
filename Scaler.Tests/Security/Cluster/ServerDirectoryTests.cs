using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.InMemory;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Security.Cluster;

public sealed class ServerDirectoryTests
{
    private const string Secret = "a secret of the cluster, 32 characters";
    private const string Prefix = "scaler";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeLogger _logger = new();
    private readonly InMemoryCluster _registry;
    private readonly ServerDirectory _directory;

    public ServerDirectoryTests()
    {
        _registry = new InMemoryCluster(_time);
        _directory = new ServerDirectory(
            _registry, new SecretAgreement(_registry, Secret, Prefix), new ClusterClock(_time), new ScalerClusterOptions(), _time,
            new ScalerMetrics(null), _logger);
    }

    [Fact]
    public async Task GetServersAsync_SignedEntry_ReturnsIt()
    {
        await _directory.RenewAsync(Server("good"), Lease, join: true);

        Assert.Equal("good", Assert.Single(await _directory.GetServersAsync()).Id);
        Assert.Equal(0, _directory.IgnoredCount);
    }

    public static TheoryData<string> Forgeries =>
    [
        "unsigned", "another secret", "another prefix", "another url", "another epoch", "another id", "another time",
        "another purpose",
    ];

    [Theory, MemberData(nameof(Forgeries))]
    public async Task RenewAsync_ForgedEntryBesideAGoodOne_IgnoresItAndLogsOnce(string forgery)
    {
        var (server, now, secret) = (Server("evil"), _time.GetUtcNow(), new ClusterSecret(Secret, Prefix));
        var signed = ServerSignature.Sign(server, now, secret);
        await _registry.RenewAsync(
            forgery switch
            {
                "unsigned" => server,
                "another secret" => ServerSignature.Sign(
                    server, now, new ClusterSecret("another secret, also of 32 characters", Prefix)),
                "another prefix" => ServerSignature.Sign(server, now, new ClusterSecret(Secret, "other")),
                "another url" => signed with { Url = "http://10.6.6.6:8080" },
                "another epoch" => signed with { Epoch = signed.Epoch + 1 },
                "another id" => signed with { Id = "good" },
                "another time" => signed with { SignedAt = signed.SignedAt + 1 },
                _ => signed with { Signature = secret.Probes.ComputeTag($"evil\n1\n{signed.SignedAt}\n{signed.Url}") },
            },
            Lease, join: true);

        for (var i = 0; i < 3; i++)
        {
            var answer = await _directory.RenewAsync(Server("good") with { Epoch = 7 }, Lease, join: i == 0);

            Assert.True(answer.IsHeld);
            Assert.Equal(("good", 7), (Assert.Single(answer.Servers).Id, answer.Servers[0].Epoch));
        }

        Assert.Equal(1, _directory.IgnoredCount);
        Assert.Contains("is unsigned", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetServersAsync_EntryWrittenAgainAfterItsServerDied_IgnoresIt()
    {
        var signed = ServerSignature.Sign(Server("dead"), _time.GetUtcNow(), new ClusterSecret(Secret, Prefix));
        await _registry.RenewAsync(signed, TimeSpan.FromSeconds(5), join: true);
        Assert.Single(await _directory.GetServersAsync());
        _time.Advance(TimeSpan.FromSeconds(66));

        await _registry.RenewAsync(signed, Lease, join: true);

        Assert.Empty(await _directory.GetServersAsync());
        Assert.Contains("is stale", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetServersAsync_ClockOfAServerAMinuteAhead_ReturnsIt()
    {
        await _registry.RenewAsync(
            ServerSignature.Sign(Server("ahead"), _time.GetUtcNow().AddMinutes(1), new ClusterSecret(Secret, Prefix)), Lease,
            join: true);

        Assert.Equal("ahead", Assert.Single(await _directory.GetServersAsync()).Id);
    }

    [Fact]
    public async Task GetServersAsync_OldEntryWithoutALease_IsRemovedWithoutAWarning()
    {
        await _directory.RenewAsync(Server("dead"), TimeSpan.FromSeconds(5), join: true);
        _time.Advance(TimeSpan.FromHours(1));

        var servers = await _directory.GetServersAsync();

        Assert.Equal((0, "dead.1"), (servers.Count, Assert.Single(servers.Expired)));
        Assert.Empty(_logger.Collector.GetSnapshot());
    }

    [Fact]
    public async Task GetServersAsync_NameWithControlCharacters_IsLoggedWithoutThem()
    {
        await _registry.RenewAsync(Server("a\r\n\u001b[31m" + new string('b', 100)), Lease, join: true);

        await _directory.GetServersAsync();

        var message = Assert.Single(_logger.Collector.GetSnapshot()).Message;
        Assert.Contains("a????31mb", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 1, 400);
    }

    private static ServerInfo Server(string id) => new() { Id = id, Epoch = 1, Url = "http://10.0.0.12:8080" };
}
