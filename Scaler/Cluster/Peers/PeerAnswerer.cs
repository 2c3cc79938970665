using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Peers;

/// <summary>The end of a connection between two servers at which one answers.</summary>
internal sealed class PeerAnswerer(Stream stream, ScalerClusterOptions options, TimeProvider time, PeerApplication application, ILogger logger)
    : PeerConnection(stream, options, time)
{
    /// <summary>How much of an answer goes at once. Between the parts of a long one others have their turn.</summary>
    private const int PartLength = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PeerExchange> _exchanges = [];

    /// <summary>Sends an answer.</summary>
    public async ValueTask AnswerAsync(uint number, PeerResponse response)
    {
        ReadOnlyMemory<byte> rest = response.Bytes.GetBuffer().AsMemory(0, (int)response.Bytes.Length);
        var head = response;
        do
        {
            var part = rest[..Math.Min(rest.Length, PartLength)];
            rest = rest[part.Length..];
            await SendAsync(rest.IsEmpty ? PeerFrameKind.Answer : PeerFrameKind.AnswerPart, number, (head, part), static (writer, said) =>
            {
                if (said.head is { } first)
                {
                    PeerAnswer.WriteHead(writer, first.StatusCode, first.Headers);
                }

                writer.Write(said.part.Span);
            });
            head = null;
        }
        while (!rest.IsEmpty);
    }

    /// <summary>Says that a request was cut off.</summary>
    public void CutOff(uint number) => Send(PeerFrameKind.Aborted, number);

    /// <summary>Nothing more will come for a request.</summary>
    public void Ended(PeerExchange exchange)
    {
        lock (_lock)
        {
            _exchanges.Remove(exchange.Number);
        }
    }

    protected override void Received(in PeerFrame frame)
    {
        PeerExchange? exchange;
        switch (frame.Kind)
        {
            case PeerFrameKind.Request:
                var content = frame.Content.IsSingleSegment ? frame.Content.FirstSpan : frame.Content.ToArray();
                exchange = new PeerExchange(this, frame.Request, PeerRequest.Read(content), application, logger);
                lock (_lock)
                {
                    if (!_exchanges.TryAdd(frame.Request, exchange))
                    {
                        throw new InvalidDataException($"The request {frame.Request} is being answered.");
                    }
                }

                // What the application does in it holds up nobody else's.
                ThreadPool.UnsafeQueueUserWorkItem(exchange, preferLocal: false);
                break;
            case PeerFrameKind.Cancel:
                lock (_lock)
                {
                    exchange = _exchanges.GetValueOrDefault(frame.Request);
                }

                exchange?.Cancel();
                break;
        }
    }

    protected override void Ended()
    {
        PeerExchange[] left;
        lock (_lock)
        {
            left = [.. _exchanges.Values];
        }

        foreach (var exchange in left)
        {
            exchange.Cancel();
        }
    }
}
