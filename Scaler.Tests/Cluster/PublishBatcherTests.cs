using System.Collections.Concurrent;
using System.Threading.Channels;
using Scaler.Cluster.Redis;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

public sealed partial class PublishBatcherTests
{
    private const int MaxEntries = PublishBatcher<Entry>.MaxEntries;

    private readonly List<Call> _calls = [];
    private readonly PublishBatcher<Entry> _group;

    public PublishBatcherTests() => _group = new PublishBatcher<Entry>(
        CommitAsync, (previous, next) => previous.Group == next.Group, group => group.Execute());

    [Fact]
    public void Add_NoCallInFlight_CallsImmediately()
    {
        for (var i = 0; i < 3; i++)
        {
            var entry = AddOne();

            Assert.Equal(i + 1, _calls.Count);
            Assert.Equal([entry], _calls[i].Entries);
            _calls[i].Answer();
        }
    }

    [Fact]
    public void Add_CallInFlight_JoinsTheNextCallInOrder()
    {
        var first = AddOne();
        var others = AddMany(5);
        Assert.Equal([first], Assert.Single(_calls).Entries);

        _calls[0].Answer();

        Assert.Equal(2, _calls.Count);
        Assert.Equal(others, _calls[1].Entries);
    }

    [Fact]
    public void Add_FullBatchWaiting_StartsASecondCallButNoThird()
    {
        AddOne();
        var full = AddMany(MaxEntries - 1);
        Assert.Single(_calls);

        full.Add(AddOne());
        var rest = AddMany(2 * MaxEntries);

        Assert.Equal(2, _calls.Count);
        Assert.Equal(full, _calls[1].Entries);

        // The two calls may complete in either order.
        _calls[1].Answer();
        Assert.Equal(rest[..MaxEntries], _calls[2].Entries);
        _calls[0].Answer();
        Assert.Equal(rest[MaxEntries..], _calls[3].Entries);
        Assert.Equal(4, _calls.Count);
    }

    [Fact]
    public void Add_ManyBytes_LimitsTheBytesPerCall()
    {
        const int Size = 100 * 1024;
        AddOne();
        AddMany(3, bytes: Size);
        Assert.Equal(2, _calls.Count);
        AddOne(bytes: 10 * PublishBatcher<Entry>.MaxBytes);
        AddOne();

        _calls[0].Answer();
        _calls[1].Answer();
        _calls[2].Answer();
        _calls[3].Answer();

        Assert.Equal([1, 2, 1, 1, 1], _calls.Select(call => call.Entries.Count));
    }

    [Fact]
    public void Add_EntriesWithSeveralOperations_CountsEachOperation()
    {
        AddOne();
        AddOne(entries: MaxEntries - 10);
        AddOne(entries: 10);
        AddOne(entries: 1);
        AddOne(entries: 3 * MaxEntries);

        _calls[0].Answer();
        _calls[1].Answer();
        _calls[2].Answer();

        Assert.Equal([1, MaxEntries, 1, 3 * MaxEntries], _calls.Select(call => call.Entries.Sum(entry => entry.OperationCount)));
    }

    [Fact]
    public void Add_EntryThatDoesNotFit_GoesIntoTheFollowingCall()
    {
        AddOne();
        AddMany(2, group: 1);
        AddMany(1, group: 2);
        AddMany(2, group: 1);

        for (var i = 0; i < 4; i++)
        {
            _calls[i].Answer();
        }

        Assert.Equal([0, 1, 2, 1], _calls.Select(call => call.Entries.Select(entry => entry.Group).Distinct().Single()));
    }

    [Fact]
    public void Add_QueueFull_FailsOnlyTheNewEntry()
    {
        const int Size = 1024 * 1024;
        const int Waiting = PublishBatcher<Entry>.MaxQueuedBytes / Size;
        AddOne();
        AddMany(1 + Waiting, bytes: Size);

        var refused = AddOne(bytes: Size);

        Assert.IsType<TimeoutException>(refused.Failure);
        Assert.Equal(2, _calls.Count);
        for (var i = 0; i < _calls.Count; i++)
        {
            Assert.All(_calls[i].Entries, entry => Assert.Null(entry.Failure));
            _calls[i].Answer();
        }

        Assert.Equal(1 + 1 + Waiting, _calls.Sum(call => call.Entries.Count));
    }

    [Fact]
    public void Call_TimesOut_FailsAllWaitingEntriesAndTriesTheNextEntry()
    {
        var first = AddOne();
        var waiting = AddMany(10);
        var timeout = new RedisTimeoutException("no response", CommandStatus.Sent);

        _calls[0].Fail(timeout);

        Assert.Single(_calls);
        Assert.All([first, .. waiting], entry => Assert.Same(timeout, entry.Failure));
        var next = AddOne();
        Assert.Equal([next], _calls[1].Entries);
        _calls[1].Answer();
        Assert.Null(next.Failure);
    }

    [Fact]
    public void Call_Fails_FailsItsOwnEntriesAndTriesTheWaitingOnes()
    {
        var first = AddOne();
        var waiting = AddMany(10);
        var disconnected = new RedisConnectionException(ConnectionFailureType.SocketClosed, "closed");

        _calls[0].Fail(disconnected);

        Assert.Same(disconnected, first.Failure);
        Assert.Equal(waiting, _calls[1].Entries);
        _calls[1].Answer();
        Assert.All(waiting, entry => Assert.Null(entry.Failure));
    }

    [Fact]
    public void Add_OneCallAllowed_NeverStartsASecondCall()
    {
        var calls = new List<Call>();
        var group = new PublishBatcher<Entry>(
            entries =>
            {
                calls.Add(new Call(entries));
                return calls[^1].Ended;
            },
            (_, _) => true,
            group => group.Execute(),
            mostEntries: 5,
            mostUnderWay: 1);

        for (var i = 0; i < 12; i++)
        {
            group.Add(new Entry());
        }

        Assert.Single(calls);
        for (var i = 0; i < 4; i++)
        {
            calls[i].Answer();
        }

        Assert.Equal([1, 5, 5, 1], calls.Select(call => call.Entries.Count));
    }

    [Fact]
    public async Task Call_ExecutionContextOfTheCaller_DoesNotFlow()
    {
        var local = new AsyncLocal<string?> { Value = "the first caller" };
        var calls = Channel.CreateUnbounded<(string? Seen, TaskCompletionSource Ended)>();
        var group = new PublishBatcher<Entry>(
            _ =>
            {
                var ended = new TaskCompletionSource();
                calls.Writer.TryWrite((local.Value, ended));
                return ended.Task;
            },
            (_, _) => true);

        group.Add(new Entry());
        var first = await calls.Reader.ReadAsync().AsTask().WithTimeout("a call");
        group.Add(new Entry());
        first.Ended.SetResult();
        var second = await calls.Reader.ReadAsync().AsTask().WithTimeout("the next call");
        second.Ended.SetResult();

        Assert.Null(first.Seen);
        Assert.Null(second.Seen);
    }

    [Fact]
    public async Task Add_ManyThreads_CommitsEachEntryOnceInThreadOrder()
    {
        const int Threads = 8;
        const int Each = 5_000;
        var committed = new ConcurrentQueue<Entry>();
        var left = Threads * Each;
        var done = new TaskCompletionSource();
        var group = new PublishBatcher<Entry>(
            async entries =>
            {
                foreach (var entry in entries)
                {
                    committed.Enqueue(entry);
                }

                await Task.Yield();
                if (Interlocked.Add(ref left, -entries.Count) == 0)
                {
                    done.SetResult();
                }
            },
            (previous, next) => previous.Group % 3 != 0 || next.Group % 2 == 0);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                group.Add(new Entry { Group = thread, Number = i });
            }
        })));
        await done.Task.WithTimeout("the commit of all entries");

        foreach (var thread in committed.GroupBy(entry => entry.Group))
        {
            Assert.Equal(Enumerable.Range(0, Each), thread.Select(entry => entry.Number));
        }
    }

    /// <summary>
    /// Completes a task without a synchronization context, so that its continuations have run when this method returns.
    /// Under the context of the test they would run later.
    /// </summary>
    private static void RunInline(Action end)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        end();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private Task CommitAsync(List<Entry> entries)
    {
        var call = new Call(entries);
        _calls.Add(call);
        return call.Ended;
    }

    private Entry AddOne(int bytes = 1, int entries = 1)
    {
        var entry = new Entry { Bytes = bytes, OperationCount = entries };
        _group.Add(entry);
        return entry;
    }

    private List<Entry> AddMany(int count, int bytes = 1, int group = 0)
    {
        var entries = Enumerable.Range(0, count).Select(_ => new Entry { Bytes = bytes, Group = group }).ToList();
        entries.ForEach(_group.Add);
        return entries;
    }

    private sealed class Call(List<Entry> entries)
    {
        private readonly TaskCompletionSource _ended = new();

        public List<Entry> Entries { get; } = [.. entries];

        public Task Ended => _ended.Task;

        public void Answer() => RunInline(_ended.SetResult);

        public void Fail(Exception exception) => RunInline(() => _ended.SetException(exception));
    }

    private sealed class Entry : IBatchEntry
    {
        public int Group { get; init; }

        public int Number { get; init; }

        public int OperationCount { get; init; } = 1;

        public int Bytes { get; init; } = 1;

        public Exception? Failure { get; private set; }

        public void Fail(Exception exception) => Failure = exception;
    }
}
