using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

internal sealed partial class ClusterLink
{
    /// <summary>
    /// Handles an envelope from the bus. It never waits, because each connection has its own queue for a slow client.
    /// </summary>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        var error = EnvelopeCodec.TryRead(bytes, _secret, out var envelope);
        if (error != EnvelopeError.None)
        {
            metrics.EnvelopeSkipped(error.ToString());
            return;
        }

        metrics.EnvelopeReceived(envelope.Kind.ToString());
        switch (envelope.Kind)
        {
            case EnvelopeKind.Receipt:
                _receipts.Arrived(
                    envelope.Number,
                    envelope.Sender,
                    new Receipt(envelope.Count, envelope.Payload.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(envelope.Payload.Span) : 0));
                break;
            case EnvelopeKind.Answer:
                // The payload references the receive buffer, so it is copied.
                _receipts.Arrived(envelope.Number, envelope.Sender, new Receipt(envelope.Count, 0, envelope.Payload.ToArray()));
                break;
            case EnvelopeKind.Activity:
                _ = SendToServerAsync(envelope.Sender, new Envelope
                {
                    Kind = EnvelopeKind.Answer,
                    Sender = ServerEpoch,
                    Number = envelope.Number,
                    Payload = JsonSerializer.SerializeToUtf8Bytes(
                        Local?.GetActivity(envelope.Account, MaxActivity) ?? [], ClusterJson.Default.IReadOnlyListConnectionActivity),
                });
                break;
            case EnvelopeKind.Probe:
                ProbeReturned?.Invoke(envelope.Number);
                break;
            default:
                var receipt = Execute(envelope);
                if (envelope.Flags.HasFlag(EnvelopeFlags.Receipt))
                {
                    _ = SendReceiptAsync(envelope.Sender, envelope.Number, receipt);
                }

                break;
        }
    }

    private Task<bool> SendReceiptAsync(string holder, long number, Receipt receipt)
    {
        var payload = receipt.Digest == 0 ? [] : new byte[sizeof(ulong)];
        if (payload.Length > 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(payload, receipt.Digest);
        }

        return SendToServerAsync(holder, new Envelope
        {
            Kind = EnvelopeKind.Receipt,
            Sender = ServerEpoch,
            Number = number,
            Count = receipt.Count,
            Payload = payload,
        });
    }

    private Receipt Execute(in Envelope envelope)
    {
        if (Local is not { } local)
        {
            return default;
        }

        switch (envelope.Kind)
        {
            case EnvelopeKind.Inventory:
                return local.GetInventory();
            case EnvelopeKind.Drain or EnvelopeKind.Resume:
                return new Receipt(DrainRequested?.Invoke(envelope.Kind == EnvelopeKind.Drain) ?? -1, 0);
        }

        var except = envelope.Flags.HasFlag(EnvelopeFlags.Except);
        var connectionId = envelope.ConnectionId.Length == 0 ? null : envelope.ConnectionId;
        var target = new DeliveryTarget(
            envelope.Kind == EnvelopeKind.Broadcast ? null : envelope.Account,
            except ? null : connectionId,
            except ? connectionId : null);
        if (envelope.Kind == EnvelopeKind.Disconnect)
        {
            return new Receipt(local.Disconnect(target), 0);
        }

        using var activity = envelope.Trace == default
            ? null
            : ScalerMetrics.Activities.StartActivity("scaler.deliver", ActivityKind.Consumer, envelope.Trace);
        var count = DeliverHere(target, envelope.Payload.Span, envelope.Flags.HasFlag(EnvelopeFlags.Binary));
        if (Clock.GetElapsedMicroseconds(envelope.Count) is { } microseconds)
        {
            metrics.DeliveryMeasured(microseconds);
        }

        return new Receipt(count, 0);
    }
}
