using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>Waits until a request of a session has arrived where the test needs it.</summary>
internal static class EngineSessionExtensions
{
    public static Task PollHeldAsync(this EngineSession session) => Until(() => session.HoldsPoll, "a poll to be held");

    public static Task PostBegunAsync(this EngineSession session) => Until(() => session.ReadsPost, "a post to be read");

    public static Task UpgradeBegunAsync(this EngineSession session) => Until(() => session.IsUpgrading, "an upgrade to begin");

    // There is no event for these; the loop gives the thread up each time and ends with the deadline.
    public static async Task Until(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, "Waited 20 s for " + what);
            await Task.Yield();
        }
    }
}
