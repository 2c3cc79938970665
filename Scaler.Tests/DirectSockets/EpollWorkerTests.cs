using Scaler.DirectSockets.Readiness;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests the state that a polling thread reports while it runs a handler.</summary>
public sealed class EpollWorkerTests
{
    [LinuxFact]
    public async Task IsRunning_WhileTheThreadComputes_IsTrueUntilItBlocks()
    {
        var thread = new EpollWorker();
        using var release = new ManualResetEventSlim();
        var computes = true;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource();
        new Thread(() =>
        {
            thread.Initialize();
            entered.SetResult();
            while (Volatile.Read(ref computes))
            {
                Thread.SpinWait(1000);
            }

            release.Wait(Deadline.DefaultTimeout);
            ended.SetResult();
        }).Start();

        await entered.Task.WithTimeout();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(thread.IsRunning);
        }

        Volatile.Write(ref computes, false);
        await Deadline.WaitUntilAsync(() => !thread.IsRunning);
        release.Set();
        await ended.Task.WithTimeout();
        Assert.Equal(0, thread.HandlerTransitions);
    }

    [Fact]
    public void IsRunning_BeforeEnter_IsTrue() => Assert.True(new EpollWorker().IsRunning);
}
