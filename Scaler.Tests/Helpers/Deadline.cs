using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Scaler.Tests.Helpers;

/// <summary>Waiting in tests: for a signal, with a deadline that names what was waited for.</summary>
internal static class Deadline
{
    /// <summary>Far more than anything takes on a loaded machine; only a fault meets it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for a task.</summary>
    public static async Task<T> Within<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Patience}: {what}");
        }
    }

    /// <summary>Waits for a task.</summary>
    public static async Task Within(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Patience}: {what}");
        }
    }

    /// <summary>Asks again and again until something holds that gives no signal, such as the state of another process.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> Until(
        Func<Task<bool>> holds, TimeSpan? patience = null, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Between);
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > (patience ?? Patience))
            {
                throw new TimeoutException($"Not within {patience ?? Patience}: {what}");
            }

            await timer.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>As above, for what can be asked without waiting.</summary>
    public static Task<TimeSpan> Until(Func<bool> holds, TimeSpan? patience = null, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        Until(() => Task.FromResult(holds()), patience, what);
}
