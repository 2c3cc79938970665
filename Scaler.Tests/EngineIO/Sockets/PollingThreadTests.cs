using Scaler.EngineIO.Sockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>Tests the state that a polling thread reports while it runs a handler.</summary>
public sealed class PollingThreadTests
{
    [LinuxFact]
    public async Task IsRunning_WhileTheThreadComputes_IsTrueUntilItBlocks()
    {
        var thread = new PollingThread();
        using var release = new ManualResetEventSlim();
        var computes = true;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource();
        new Thread(() =>
        {
            thread.Enter();
            entered.SetResult();
            while (Volatile.Read(ref computes))
            {
                Thread.SpinWait(1000);
            }

            release.Wait(Deadline.Patience);
            ended.SetResult();
        }).Start();

        await entered.Task.Within();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(thread.IsRunning);
        }

        Volatile.Write(ref computes, false);
        await Deadline.Until(() => !thread.IsRunning);
        release.Set();
        await ended.Task.Within();
        Assert.Equal(0, thread.Turns);
    }

    [Fact]
    public void IsRunning_BeforeEnter_IsTrue() => Assert.True(new PollingThread().IsRunning);
}
