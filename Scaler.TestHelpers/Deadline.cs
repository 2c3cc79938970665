using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Scaler.Tests.Helpers;

/// <summary>Waits for tasks and conditions. When the deadline passes, the exception names what the test waited for.</summary>
internal static class Deadline
{
    /// <summary>
    /// The default deadline of 30 s: far longer than any operation takes on a loaded machine, so only a bug exceeds it.
    /// </summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for a task to complete.</summary>
    /// <returns>The result of the task.</returns>
    /// <exception cref="TimeoutException">The task did not complete within <see cref="DefaultTimeout"/>.</exception>
    public static async Task<T> WithTimeout<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            return await task.WaitAsync(DefaultTimeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Timed out after {DefaultTimeout} waiting for: {what}");
        }
    }

    /// <summary>Waits for a task to complete.</summary>
    /// <exception cref="TimeoutException">The task did not complete within <see cref="DefaultTimeout"/>.</exception>
    public static async Task WithTimeout(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(DefaultTimeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Timed out after {DefaultTimeout} waiting for: {what}");
        }
    }

    /// <summary>Polls a condition that cannot be signaled, such as the state of another process, until it is true.</summary>
    /// <returns>The time until the condition was true.</returns>
    /// <exception cref="TimeoutException">The condition was not true in time.</exception>
    public static async Task<TimeSpan> WaitUntilAsync(
        Func<Task<bool>> condition, TimeSpan? patience = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (patience ?? DefaultTimeout))
            {
                throw new TimeoutException($"Timed out after {patience ?? DefaultTimeout} waiting for: {what}");
            }

            await timer.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Polls a synchronous condition until it is true.</summary>
    /// <returns>The time until the condition was true.</returns>
    /// <exception cref="TimeoutException">The condition was not true in time.</exception>
    public static Task<TimeSpan> WaitUntilAsync(
        Func<bool> condition, TimeSpan? patience = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitUntilAsync(() => Task.FromResult(condition()), patience, what);
}
