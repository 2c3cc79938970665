using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>A connection that sends numbered messages to a server and verifies their echoes.</summary>
internal sealed class EchoClient
{
    private static readonly TimeSpan EchoTimeout = TimeSpan.FromSeconds(5);
    private readonly LoadConnection _connection;
    private readonly NumberedFrames _frames;
    private readonly MessageCheck _check;
    private long _sent;
    private long _stamp;

    private EchoClient(LoadConnection connection, ServerKind kind, NumberedText text, int depth)
    {
        _connection = connection;
        _frames = new NumberedFrames(kind.Protocol.Message, text, depth);
        _check = new MessageCheck(text, $"{kind.Name}, {connection.Account}");
        connection.Check = _check;
        connection.Received = (_, messages) => Echoed?.Invoke(this, messages);
    }

    /// <summary>Gets or sets the callback for echoes, called with the number of echoes that arrived together.</summary>
    public Action<EchoClient, int>? Echoed { get; set; }

    /// <summary>Gets the time since the last send.</summary>
    public TimeSpan SinceSend => TimeProvider.System.GetElapsedTime(_stamp);

    private long Missing => Volatile.Read(ref _sent) - _check.Next;

    /// <summary>Creates an echo client for each connection.</summary>
    /// <param name="clients">The connections.</param>
    /// <param name="kind">The kind of the servers.</param>
    /// <param name="size">The size of a text, in bytes.</param>
    /// <param name="depth">The maximum number of messages of a client that are being sent at a time.</param>
    public static EchoClient[] Create(Clients clients, ServerKind kind, int size, int depth)
    {
        var text = new NumberedText(size);
        return [.. clients.Connections.Select(connection => new EchoClient(connection, kind, text, depth))];
    }

    /// <summary>Waits for the echoes of all messages.</summary>
    /// <exception cref="TimeoutException">An echo has not arrived within 5 seconds.</exception>
    public static async Task AwaitEchoesAsync(IReadOnlyList<EchoClient> clients, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), time);
        while (clients.FirstOrDefault(client => client.Missing > 0) is { } late)
        {
            if (time.GetElapsedTime(began) > EchoTimeout)
            {
                throw new TimeoutException(
                    $"{late._check.Receiver}: {late.Missing} of {late._sent} echoes have not arrived within "
                    + $"{EchoTimeout.TotalSeconds} s; the next one is {late._check.Next}.");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Sends the next messages. At most <c>depth</c> messages may be pending: neither their send has completed nor their echo has
    /// arrived.
    /// </summary>
    public Task SendAsync(int count = 1)
    {
        var frames = _frames.Write(_sent, count);
        Volatile.Write(ref _sent, _sent + count);
        _stamp = TimeProvider.System.GetTimestamp();
        return _connection.SendAsync(frames);
    }
}
