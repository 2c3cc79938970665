using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Scaler.DirectSockets.Readiness;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests the socket input with dedicated polling threads, which run read continuations inline. On systems without epoll, the
/// inherited tests use the readiness of the platform.
/// </summary>
public sealed class EpollSocketInputTests : SocketInputTests
{
    // Shared by all tests, as a server process shares its pollers.
    private static readonly Lazy<EpollLoop> Shared = new(static () => new EpollLoop(2));

    [LinuxFact]
    public async Task Read_WhenDataAndEndOfStreamArriveTogether_ReturnsBoth()
    {
        for (var round = 0; round < 200; round++)
        {
            using var pair = await OpenAsync();
            var read = pair.Input.ReadAsync();
            pair.Client.Send("last"u8);
            pair.Client.Dispose();

            var last = await read.AsTask().WithTimeout();
            Assert.Equal("last", Encoding.ASCII.GetString(last.Buffer));
            pair.Input.AdvanceTo(last.Buffer.End);
            Assert.True((await pair.Input.ReadAsync().AsTask().WithTimeout()).IsCompleted);
        }
    }

    [LinuxFact]
    public async Task Watch_ConcurrentWithReads_LosesNoWakeup()
    {
        using var pair = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                pair.Input.WatchForDisconnect();
            }
        });
        for (var i = 0; i < 20_000; i++)
        {
            pair.Client.Send([(byte)i]);
            var read = await pair.Input.ReadAsync().AsTask().WithTimeout($"byte {i}");
            Assert.Equal((byte)i, Assert.Single(read.Buffer.ToArray()));
            pair.Input.AdvanceTo(read.Buffer.End);
        }

        await stop.CancelAsync();
        await watching.WithTimeout();
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_WhileHandlersBlockOrComputeOnAllThreads_CompletesOnThePoolUntilTheThreadsAreFree(bool compute)
    {
        const int threads = 2;
        var poller = new EpollLoop(threads);
        using var other = await SocketPair.OpenAsync(poller);
        for (var round = 0; round < 3; round++)
        {
            using var release = new ManualResetEventSlim();
            var handlers = new List<Task>();
            for (var blocked = 0; blocked < threads;)
            {
                var entered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                handlers.Add(BlockAsync(await SocketPair.OpenAsync(poller), entered, release, compute));
                blocked += await entered.Task.WithTimeout() ? 0 : 1;
            }

            for (var i = 0; i < 20; i++)
            {
                Assert.True(await IsNextReadOnPoolAsync(other).WithTimeout("a read while all polling threads are blocked"));
            }

            release.Set();
            await Task.WhenAll(handlers).WithTimeout();
            await Deadline.WaitUntilAsync(async () => !await IsNextReadOnPoolAsync(other).WithTimeout());
        }
    }

    [LinuxFact]
    public async Task Read_WhileAHandlerBlocksAfterAnIdlePeriod_CompletesOnThePool()
    {
        var poller = new EpollLoop(1);
        using var other = await SocketPair.OpenAsync(poller);
        using var release = new ManualResetEventSlim();
        for (var round = 0; round < 2; round++)
        {
            await Deadline.WaitUntilAsync(() => poller.IsIdle);
            var entered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var handler = BlockAsync(await SocketPair.OpenAsync(poller), entered, release);
            Assert.False(await entered.Task.WithTimeout());
            Assert.True(await IsNextReadOnPoolAsync(other).WithTimeout());
            release.Set();
            await handler.WithTimeout();
            release.Reset();
        }
    }

    [LinuxFact]
    public async Task Handler_ThatChangesTheExecutionContext_DoesNotAffectTheNextHandler()
    {
        using var pair = await SocketPair.OpenAsync(new EpollLoop(1));
        var asyncLocal = new AsyncLocal<string>();
        var seen = new List<object?>();
        for (var round = 0; round < 2; round++)
        {
            var handled = OnNextRead(pair, () =>
            {
                seen.AddRange([asyncLocal.Value, SynchronizationContext.Current]);
                asyncLocal.Value = "left behind";
                SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            });
            pair.Client.Send("x"u8);
            await handled.WithTimeout();
        }

        Assert.Equal([null, null, null, null], seen);
    }

    [LinuxFact]
    public async Task Read_OnASocketThatCannotBeWatched_ThrowsAndAbortsTheConnection()
    {
        using var pair = await OpenAsync();
        using var second = pair.OpenSecondInput(Shared.Value, out var owner);
        var first = pair.Input.ReadAsync().AsTask();

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => second.ReadAsync().AsTask().WithTimeout());

        await owner.AbortedTask.WithTimeout();
        Assert.True(owner.InputEndedTask.IsCompleted);
        await pair.Client.SendAsync("x"u8.ToArray());
        Assert.Equal(1, (await first.WithTimeout()).Buffer.Length);
    }

    [LinuxFact]
    public async Task Read_PendingWhenTheSocketMovesFromThePoolToAPollingThread_ReceivesTheData()
    {
        for (var round = 0; round < 200; round++)
        {
            using var pair = await SocketPair.OpenAsync(Shared.Value, handleInline: false);
            Assert.True(await IsNextReadOnPoolAsync(pair).WithTimeout());
            var read = pair.Input.ReadAsync().AsTask();
            var sending = Task.Run(() => pair.Client.Send("x"u8));

            pair.Input.RunContinuationsInline();

            await sending.WithTimeout();
            pair.Input.AdvanceTo((await read.WithTimeout()).Buffer.End);
        }
    }

    private protected override Task<SocketPair> OpenAsync() => SocketPair.OpenAsync(OperatingSystem.IsLinux() ? Shared.Value : null);

    private static async Task BlockAsync(SocketPair pair, TaskCompletionSource<bool> entered, ManualResetEventSlim release, bool compute = false)
    {
        using var _ = pair;
        var handled = OnNextRead(pair, () =>
        {
            entered.SetResult(Thread.CurrentThread.IsThreadPoolThread);
            for (var began = Stopwatch.GetTimestamp(); compute && !release.IsSet && Stopwatch.GetElapsedTime(began) < Deadline.DefaultTimeout;)
            {
                Thread.SpinWait(1000);
            }

            Assert.True(release.Wait(Deadline.DefaultTimeout));
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

    /// <summary>
    /// Runs an action on the thread that completes the next read. The read must be pending. No execution context flows.
    /// </summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "An await would flow the execution context of the test.")]
    private static Task OnNextRead(SocketPair pair, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = pair.Input.ReadAsync().ConfigureAwait(false).GetAwaiter();
        Assert.False(read.IsCompleted);
        read.UnsafeOnCompleted(() =>
        {
            try
            {
                pair.Input.AdvanceTo(read.GetResult().Buffer.End);
                action();
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
