using System.Text;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Scenarios;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>
/// Simulates well-behaved clients, half of them over WebSocket and half over polling. Each client sends a message four times per
/// second and waits for its echo. An echo that does not arrive within ten seconds, or is cut off by a closed connection, counts
/// as lost.
/// </summary>
internal sealed class WellBehavedClients(int count)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan EchoTimeout = TimeSpan.FromSeconds(10);
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
        using var client = await LoadConnection.OpenAsync(group.EndPoint(number), group.Kind.Protocol, $"neighbour-{number}", cancellationToken);
        var frame = ClientFrame.Encode(group.Kind.Protocol.Message($"from {number}"));
        var echoed = new TaskCompletionSource();
        client.Received = (_, _) => echoed.TrySetResult();
        var running = client.RunAsync();
        await RepeatAsync(number, began, duration, async () =>
        {
            echoed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await client.SendAsync(frame);
            await echoed.Task.WaitAsync(EchoTimeout, TimeProvider.System, cancellationToken);
        });
        await client.CloseAsync();
        client.Dispose();
        await running;
    }

    private async Task OverPollingAsync(ServerGroup group, int number, long began, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var poll = await HttpConnection.OpenAsync(group.EndPoint(number), cancellationToken);
        using var post = await HttpConnection.OpenAsync(group.EndPoint(number), cancellationToken);
        var target = await PollingSession.OpenAsync(group, number, cancellationToken);
        var get = HttpConnection.Get(target);
        var message = group.Kind.Protocol.Message($"from {number}");
        var send = HttpConnection.Post(target, message);
        var pong = HttpConnection.Post(target, "3");
        await RepeatAsync(number, began, duration, async () =>
        {
            var posting = PostAsync();
            await Task.WhenAll(posting, PollAsync(posting)).WaitAsync(EchoTimeout, TimeProvider.System, cancellationToken);
        });

        async Task PostAsync() => Check(await post.SendAsync(send));

        // A poll response without the message holds a ping, or is empty because the server has ended its payload early.
        async Task PollAsync(Task posting)
        {
            while (true)
            {
                var packets = Check(await poll.SendAsync(get)).Split('\x1e');
                if (packets.Contains("2"))
                {
                    // Two concurrent POST requests would close the session.
                    await posting;
                    Check(await post.SendAsync(pong));
                }

                if (packets.Contains(message))
                {
                    return;
                }
            }
        }
    }

    private static string Check((int Status, ReadOnlyMemory<byte> Body) answer)
    {
        var body = Encoding.UTF8.GetString(answer.Body.Span);
        return answer.Status == 200 ? body : throw new IOException($"{answer.Status} {body}");
    }

    private async Task RepeatAsync(int number, long began, TimeSpan duration, Func<Task> sendAsync)
    {
        var time = TimeProvider.System;
        while (time.GetElapsedTime(began) < duration)
        {
            var start = time.GetTimestamp();
            try
            {
                await sendAsync();
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                Interlocked.Increment(ref _lost);
                Console.Error.WriteLine($"neighbour-{number} after {time.GetElapsedTime(began)}: {exception.Message}");
            }

            var elapsed = time.GetElapsedTime(start);
            Interlocked.Increment(ref _sent);
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
