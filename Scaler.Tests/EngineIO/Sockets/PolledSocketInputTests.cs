using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Scaler.EngineIO.Sockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>The input whose socket is waited for by threads of its own, which handle what comes; as the others where the system has no epoll.</summary>
public sealed class PolledSocketInputTests : SocketInputTests
{
    // One for all tests, as the process has.
    private static readonly Lazy<SocketPoller> Shared = new(static () => new SocketPoller(2));

    [LinuxFact]
    public async Task Read_WhenDataAndTheEndComeTogether_HasBoth()
    {
        for (var round = 0; round < 200; round++)
        {
            using var pair = await OpenAsync();
            var read = pair.Input.ReadAsync();
            pair.Client.Send("last"u8);
            pair.Client.Dispose();

            var last = await read.AsTask().Within();
            Assert.Equal("last", Encoding.ASCII.GetString(last.Buffer));
            pair.Input.AdvanceTo(last.Buffer.End);
            Assert.True((await pair.Input.ReadAsync().AsTask().Within()).IsCompleted);
        }
    }

    [LinuxFact]
    public async Task Watch_AllTheTimeThatSomebodyReads_LosesNoWake()
    {
        using var pair = await OpenAsync();
        using var enough = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                pair.Input.Watch();
            }
        });
        for (var i = 0; i < 20_000; i++)
        {
            pair.Client.Send([(byte)i]);
            var read = await pair.Input.ReadAsync().AsTask().Within($"byte {i}");
            Assert.Equal((byte)i, Assert.Single(read.Buffer.ToArray()));
            pair.Input.AdvanceTo(read.Buffer.End);
        }

        await enough.CancelAsync();
        await watching.Within();
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handlers_OnAllThreads_ThatBlockOrCompute_HoldUpNobodyElse_AndTheThreadsComeBack(bool compute)
    {
        const int threads = 2;
        var poller = new SocketPoller(threads);
        using var other = await SocketPair.OpenAsync(poller);
        for (var round = 0; round < 3; round++)
        {
            using var release = new ManualResetEventSlim();
            var handlers = new List<Task>();
            for (var blocked = 0; blocked < threads;)
            {
                var entered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                handlers.Add(BlockAsync(await SocketPair.OpenAsync(poller), entered, release, compute));
                blocked += await entered.Task.Within() ? 0 : 1;
            }

            for (var i = 0; i < 20; i++)
            {
                Assert.True(await IsNextReadOnPoolAsync(other).Within("a read behind handlers that block"));
            }

            release.Set();
            await Task.WhenAll(handlers).Within();
            await Deadline.Until(async () => !await IsNextReadOnPoolAsync(other).Within());
        }
    }

    [LinuxFact]
    public async Task Handler_ThatBlocks_AfterNothingHasComeForAWhile_HoldsUpNobodyElse()
    {
        var poller = new SocketPoller(1);
        using var other = await SocketPair.OpenAsync(poller);
        using var release = new ManualResetEventSlim();
        for (var round = 0; round < 2; round++)
        {
            await Deadline.Until(() => poller.IsResting);
            var entered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var handler = BlockAsync(await SocketPair.OpenAsync(poller), entered, release);
            Assert.False(await entered.Task.Within());
            Assert.True(await IsNextReadOnPoolAsync(other).Within());
            release.Set();
            await handler.Within();
            release.Reset();
        }
    }

    [LinuxFact]
    public async Task Handler_ThatSetsWhatFlows_LeavesNothingOfItToTheNext()
    {
        using var pair = await SocketPair.OpenAsync(new SocketPoller(1));
        var flowing = new AsyncLocal<string>();
        var seen = new List<object?>();
        for (var round = 0; round < 2; round++)
        {
            var handled = OnNextRead(pair, () =>
            {
                seen.AddRange([flowing.Value, SynchronizationContext.Current]);
                flowing.Value = "left behind";
                SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            });
            pair.Client.Send("x"u8);
            await handled.Within();
        }

        Assert.Equal([null, null, null, null], seen);
    }

    [LinuxFact]
    public async Task Read_OnASocketThatCannotBeWatched_Fails_AndCutsTheConnection()
    {
        using var pair = await OpenAsync();
        using var second = pair.InputOfTheSame(Shared.Value, out var owner);
        var first = pair.Input.ReadAsync().AsTask();

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => second.ReadAsync().AsTask().Within());

        await owner.IsAborted.Within();
        Assert.True(owner.HasInputEnded.IsCompleted);
        await pair.Client.SendAsync("x"u8.ToArray());
        Assert.Equal(1, (await first.Within()).Buffer.Length);
    }

    [LinuxFact]
    public async Task Reader_ThatWaits_WhenItsSocketPassesFromThePool_HasWhatComes()
    {
        for (var round = 0; round < 200; round++)
        {
            using var pair = await SocketPair.OpenAsync(Shared.Value, handledHere: false);
            Assert.True(await IsNextReadOnPoolAsync(pair).Within());
            var read = pair.Input.ReadAsync().AsTask();
            var sending = Task.Run(() => pair.Client.Send("x"u8));

            pair.Input.HandleWhereReceived();

            await sending.Within();
            pair.Input.AdvanceTo((await read.Within()).Buffer.End);
        }
    }

    private protected override Task<SocketPair> OpenAsync() => SocketPair.OpenAsync(OperatingSystem.IsLinux() ? Shared.Value : null);

    private static async Task BlockAsync(SocketPair pair, TaskCompletionSource<bool> entered, ManualResetEventSlim release, bool compute = false)
    {
        using var _ = pair;
        var handled = OnNextRead(pair, () =>
        {
            entered.SetResult(Thread.CurrentThread.IsThreadPoolThread);
            for (var began = Stopwatch.GetTimestamp(); compute && !release.IsSet && Stopwatch.GetElapsedTime(began) < Deadline.Patience;)
            {
                Thread.SpinWait(1000);
            }

            Assert.True(release.Wait(Deadline.Patience));
        });
        pair.Client.Send("block"u8);
        await handled;
    }

    private static async Task<bool> IsNextReadOnPoolAsync(SocketPair pair)
    {
        var onPool = false;
        var handled = OnNextRead(pair, () => onPool = Thread.CurrentThread.IsThreadPoolThread);
        pair.Client.Send("x"u8);
        await handled;
        return onPool;
    }

    /// <summary>Handles the next read where it completes: nothing has come yet, and no context flows.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "An await would let the test's context flow.")]
    private static Task OnNextRead(SocketPair pair, Action handle)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = pair.Input.ReadAsync().ConfigureAwait(false).GetAwaiter();
        Assert.False(read.IsCompleted);
        read.UnsafeOnCompleted(() =>
        {
            try
            {
                pair.Input.AdvanceTo(read.GetResult().Buffer.End);
                handle();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }
}
