using System.Text;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Scenarios;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>
/// Well-behaved clients, half of them over WebSocket and half over polling. Each sends a message and waits for its echo, four
/// times a second; what does not come back within ten seconds, or with a closed connection, is lost.
/// </summary>
internal sealed class Neighbours(int count)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Histogram _histogram = new();
    private long _sent;
    private long _lost;

    public async Task<Sample> RunAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => number % 2 == 0
            ? OverWebSocketAsync(group, number, began, duration, cancellationToken)
            : OverPollingAsync(group, number, began, duration, cancellationToken)));
        return new Sample
        {
            ["messages"] = _sent,
            [Figure.Lost] = _lost,
            [Figure.Median] = _histogram.Quantile(0.5),
            [Figure.P99] = _histogram.Quantile(0.99),
        };
    }

    private async Task OverWebSocketAsync(ServerGroup group, int number, long began, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var client = await LoadConnection.OpenAsync(group.EndPoint(number), group.Kind.Dialect, $"neighbour-{number}", cancellationToken);
        var frame = ClientFrame.Encode(group.Kind.Dialect.Message($"from {number}"));
        var came = new TaskCompletionSource();
        client.Received = (_, _) => came.TrySetResult();
        var running = client.RunAsync();
        await RepeatAsync(began, duration, async () =>
        {
            came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await client.SendAsync(frame);
            await came.Task.WaitAsync(Patience, TimeProvider.System, cancellationToken);
            return true;
        });
        await client.CloseAsync();
        client.Dispose();
        await running;
    }

    private async Task OverPollingAsync(ServerGroup group, int number, long began, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var poll = await HttpConnection.OpenAsync(group.EndPoint(number), cancellationToken);
        using var post = await HttpConnection.OpenAsync(group.EndPoint(number), cancellationToken);
        var target = await PollingLoad.OpenAsync(group, number, cancellationToken);
        var get = HttpConnection.Get(target);
        var message = group.Kind.Dialect.Message($"from {number}");
        var send = HttpConnection.Post(target, message);
        var pong = HttpConnection.Post(target, "3");
        await RepeatAsync(began, duration, async () =>
        {
            // A poll without a message brings a ping, or nothing because a payload was ended early.
            var waiting = PollAsync();
            return (await post.SendAsync(send).AsTask().WaitAsync(Patience, TimeProvider.System, cancellationToken)).Status == 200
                && await waiting.WaitAsync(Patience, TimeProvider.System, cancellationToken);
        });

        async Task<bool> PollAsync()
        {
            while (true)
            {
                var (status, body) = await poll.SendAsync(get);
                var packets = Encoding.UTF8.GetString(body.Span).Split('\x1e');
                if (status == 200 && packets.Contains("2"))
                {
                    using var other = await HttpConnection.OpenAsync(group.EndPoint(number), cancellationToken);
                    await other.SendAsync(pong);
                }

                if (status != 200 || packets.Contains(message))
                {
                    return status == 200;
                }
            }
        }
    }

    private async Task RepeatAsync(long began, TimeSpan duration, Func<Task<bool>> sendAsync)
    {
        var time = TimeProvider.System;
        while (time.GetElapsedTime(began) < duration)
        {
            var start = time.GetTimestamp();
            var came = false;
            try
            {
                came = await sendAsync();
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                // Lost; counted below.
            }

            var elapsed = time.GetElapsedTime(start);
            Interlocked.Increment(ref _sent);
            Interlocked.Add(ref _lost, came ? 0 : 1);
            lock (_histogram)
            {
                _histogram.Add(elapsed);
            }

            if (elapsed < Interval)
            {
                await Task.Delay(Interval - elapsed, time);
            }
        }
    }
}
