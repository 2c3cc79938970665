using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Services.Actions;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class AuditLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeCluster _cluster;

    public AuditLogTests() => _cluster = new FakeCluster(_time);

    [Fact]
    public async Task ReadAsync_EntriesOfAnotherDashboard_AreIncluded()
    {
        using (var first = await StartAsync())
        {
            Add(first, "one");
            Add(first, "two");
            await Deadline.WaitUntilAsync(() => _cluster.Audit.Count == 2);
            await first.StopAsync(CancellationToken.None);
        }

        using var second = await StartAsync();
        Assert.Empty(second.Entries);
        Add(second, "three");
        Assert.Equal(["three", "two", "one"], (await second.ReadAsync(CancellationToken.None)).Select(entry => entry.What));
        await second.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Add_RedisUnavailable_ShowsEntriesAndWritesThemLater()
    {
        _cluster.Outage = "no connection";
        using var log = await StartAsync();
        Add(log, "one");
        Add(log, "two");
        Assert.Equal(["two", "one"], log.Entries.Select(entry => entry.What));
        _cluster.Outage = null;
        await Deadline.WaitUntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _cluster.Audit.Count == 2;
        });
        await Deadline.WaitUntilAsync(() => log.Entries.Count == 2);
        Assert.Equal(["two", "one"], (await log.ReadAsync(CancellationToken.None)).Select(entry => entry.What));
        await log.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ReadAsync_EntryWrittenDuringRead_IsIncluded()
    {
        using var log = await StartAsync();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.DelayAuditRead = () =>
        {
            _cluster.DelayAuditRead = null;
            read.SetResult();
            return answer.Task;
        };
        var reading = log.ReadAsync(CancellationToken.None);
        await read.Task.WithTimeout();
        Add(log, "one");
        await log.StopAsync(CancellationToken.None);
        Assert.Equal("one", Assert.Single(_cluster.Audit).What);
        answer.SetResult();
        Assert.Equal(["one"], (await reading.WithTimeout()).Select(entry => entry.What));
    }

    private static void Add(AuditLog log, string what) => log.Add("ann", what, "acme", ActionOutcome.Done, "ok");

    private async Task<AuditLog> StartAsync()
    {
        var log = new AuditLog(_cluster, _time, new FakeLogger<AuditLog>());
        await log.StartAsync(CancellationToken.None);
        return log;
    }
}
