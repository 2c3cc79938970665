using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>Waits until a request of a session has reached the state that a test needs.</summary>
internal static class EngineSessionExtensions
{
    public static Task WaitForHeldPollAsync(this EngineSession session) =>
        WaitUntilAsync(() => session.HasHeldPoll, "the session to hold a poll request");

    public static Task WaitForPostAsync(this EngineSession session) =>
        WaitUntilAsync(() => session.IsReadingPost, "the session to read a POST request");

    public static Task WaitForUpgradeAsync(this EngineSession session) =>
        WaitUntilAsync(() => session.IsUpgrading, "the session to begin an upgrade");

    // A session raises no event for these states, so poll them. Each iteration yields the thread; the deadline ends the loop.
    public static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, "Timed out after 20 s waiting for " + what);
            await Task.Yield();
        }
    }
}
