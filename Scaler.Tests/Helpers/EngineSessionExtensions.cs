using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>Waits until a request of a session has reached the state that a test needs.</summary>
internal static class EngineSessionExtensions
{
    public static Task PollHeldAsync(this EngineSession session) =>
        Until(() => session.HoldsPoll, "the session to hold a poll request");

    public static Task PostBegunAsync(this EngineSession session) =>
        Until(() => session.ReadsPost, "the session to read a POST request");

    public static Task UpgradeBegunAsync(this EngineSession session) =>
        Until(() => session.IsUpgrading, "the session to begin an upgrade");

    // A session raises no event for these states, so poll them. Each iteration yields the thread; the deadline ends the loop.
    public static async Task Until(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, "Timed out after 20 s waiting for " + what);
            await Task.Yield();
        }
    }
}
