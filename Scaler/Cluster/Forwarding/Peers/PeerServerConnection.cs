using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Represents the accepting end of a connection between two servers, which answers requests.</summary>
internal sealed class PeerServerConnection(Stream stream, ScalerClusterOptions options, TimeProvider time, PeerApplication application, ILogger logger)
    : PeerConnection(stream, options, time)
{
    /// <summary>
    /// The maximum body length in one frame, in bytes. Other frames can be sent between the parts of a long response.
    /// </summary>
    private const int PartLength = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PeerExchange> _exchanges = [];

    /// <summary>Sends a response. Waits if too many bytes are queued.</summary>
    public async ValueTask SendResponseAsync(uint number, PeerResponse response)
    {
        ReadOnlyMemory<byte> rest = response.Bytes.GetBuffer().AsMemory(0, (int)response.Bytes.Length);
        var head = response;
        do
        {
            var part = rest[..Math.Min(rest.Length, PartLength)];
            rest = rest[part.Length..];
            await SendAsync(rest.IsEmpty ? PeerFrameKind.Response : PeerFrameKind.ResponsePart, number, (head, part), static (writer, content) =>
            {
                if (content.head is { } first)
                {
                    PeerResponseBuffer.WriteHeader(writer, first.StatusCode, first.Headers);
                }

                writer.Write(content.part.Span);
            });
            head = null;
        }
        while (!rest.IsEmpty);
    }

    /// <summary>Notifies the other server that a request was aborted.</summary>
    public void SendAborted(uint number) => Send(PeerFrameKind.Aborted, number);

    /// <summary>Removes a completed exchange.</summary>
    public void Ended(PeerExchange exchange)
    {
        lock (_lock)
        {
            _exchanges.Remove(exchange.Number);
        }
    }

    protected override void OnFrameReceived(in PeerFrame frame)
    {
        switch (frame.Kind)
        {
            case PeerFrameKind.Request:
                var content = frame.Content.IsSingleSegment ? frame.Content.FirstSpan : frame.Content.ToArray();
                var exchange = new PeerExchange(this, frame.Request, PeerRequest.Read(content), application, logger);
                lock (_lock)
                {
                    if (!_exchanges.TryAdd(frame.Request, exchange))
                    {
                        throw new InvalidDataException($"The request number {frame.Request} is already in use.");
                    }
                }

                // Run the application on the thread pool, so that it does not block the other requests of the connection.
                ThreadPool.UnsafeQueueUserWorkItem(exchange, preferLocal: false);
                break;
            case PeerFrameKind.Cancel:
                Find(frame.Request)?.Cancel();
                break;
            case PeerFrameKind.Release:
                Find(frame.Request)?.Release();
                break;
        }
    }

    protected override void OnClosed()
    {
        PeerExchange[] remaining;
        lock (_lock)
        {
            remaining = [.. _exchanges.Values];
        }

        foreach (var exchange in remaining)
        {
            exchange.Cancel();
        }
    }

    private PeerExchange? Find(uint number)
    {
        lock (_lock)
        {
            return _exchanges.GetValueOrDefault(number);
        }
    }
}
