using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

// Entries that a running call adds ahead of all waiting entries.
public sealed partial class PublishBatcherTests
{
    [Fact]
    public void AddAhead_EntriesWaiting_CommitsTheAddedEntriesFirstInOrder()
    {
        AddOne();
        var waiting = AddMany(3);
        List<Entry> ahead = [new(), new()];

        _group.Prepend(ahead);
        Assert.Single(_calls);
        _calls[0].Answer();

        Assert.Equal([.. ahead, .. waiting], _calls[1].Entries);
        _calls[1].Answer();
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public void AddAhead_NoOtherEntriesWaiting_CommitsInTheNextCall()
    {
        AddOne();
        List<Entry> ahead = [new()];

        _group.Prepend(ahead);
        _calls[0].Answer();

        Assert.Equal(ahead, _calls[1].Entries);
    }

    [Fact]
    public void AddAhead_CallTimesOut_FailsTheAddedEntries()
    {
        AddOne();
        List<Entry> ahead = [new()];
        _group.Prepend(ahead);

        _calls[0].Fail(new RedisTimeoutException("no response", CommandStatus.Sent));

        Assert.NotNull(ahead[0].Failure);
        Assert.Single(_calls);
    }
}
