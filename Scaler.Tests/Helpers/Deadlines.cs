using System.Runtime.CompilerServices;

namespace Scaler.Tests.Helpers;

/// <summary>Waits for signals, never for time: a test that waits too long says what it waited for.</summary>
internal static class Deadlines
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static async Task<T> Soon<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            return await task.WaitAsync(Longest, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Longest} for: {what}");
        }
    }

    public static async Task Soon(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Longest, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Longest} for: {what}");
        }
    }
}
