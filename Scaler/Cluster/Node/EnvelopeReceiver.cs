using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Executes the envelopes that this process receives over the bus, and sends the receipts and replies.</summary>
internal sealed class EnvelopeReceiver(
    EnvelopeSender sender,
    LocalServer local,
    PendingReceipts receipts,
    SecretAgreement secret,
    NodeEpoch epoch,
    ClusterClock clock,
    BusProbe probe,
    ScalerMetrics metrics,
    EnvelopeGuard guard,
    SkippedEnvelopes skipped)
{
    /// <summary>
    /// Handles an envelope from the bus. It never waits, because each connection has its own queue for a slow client.
    /// </summary>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        var error = EnvelopeCodec.TryRead(bytes, secret.Current, out var envelope);
        if (error == EnvelopeError.None)
        {
            error = guard.Accept(envelope);
        }

        if (error != EnvelopeError.None)
        {
            skipped.Add(error);
            return;
        }

        metrics.EnvelopeReceived(envelope.Kind.ToString());
        switch (envelope.Kind)
        {
            case EnvelopeKind.Receipt:
                receipts.Arrived(
                    envelope.Number,
                    envelope.Sender,
                    new Receipt(envelope.Count, ReadDigest(envelope.Payload.Span)) { IsRefused = envelope.IsRefused });
                break;
            case EnvelopeKind.Answer:
                // The payload references the receive buffer, so it is copied.
                receipts.Arrived(envelope.Number, envelope.Sender, new Receipt(0, 0, envelope.Payload.ToArray()));
                break;
            case EnvelopeKind.Activity:
                _ = sender.SendToServerAsync(envelope.Sender, new Envelope
                {
                    Kind = EnvelopeKind.Answer,
                    Sender = epoch.Name,
                    Number = envelope.Number,
                    Payload = JsonSerializer.SerializeToUtf8Bytes(
                        local.GetActivity(envelope.Account), ClusterJson.Default.IReadOnlyListConnectionActivity),
                });
                break;
            case EnvelopeKind.Probe:
                probe.OnReturned(envelope.Number);
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

    private static ulong ReadDigest(ReadOnlySpan<byte> payload) =>
        payload.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(payload) : 0;

    private Task<bool> SendReceiptAsync(string holder, long number, Receipt receipt)
    {
        var payload = receipt.Digest == 0 ? [] : new byte[sizeof(ulong)];
        if (payload.Length > 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(payload, receipt.Digest);
        }

        return sender.SendToServerAsync(holder, new Envelope
        {
            Kind = EnvelopeKind.Receipt,
            Sender = epoch.Name,
            Number = number,
            Count = receipt.Count,
            IsRefused = receipt.IsRefused,
            Payload = payload,
        });
    }

    private Receipt Execute(in Envelope envelope)
    {
        if (!local.HoldsConnections)
        {
            return default;
        }

        switch (envelope.Kind)
        {
            case EnvelopeKind.Inventory:
                return local.GetInventory();
            case EnvelopeKind.Drain or EnvelopeKind.Resume:
                return local.SetDraining(envelope.Kind == EnvelopeKind.Drain);
        }

        var except = envelope.Flags.HasFlag(EnvelopeFlags.Except);
        var connectionId = envelope.ConnectionId.Length == 0 ? null : envelope.ConnectionId;
        var target = new DeliveryTarget(
            envelope.Kind == EnvelopeKind.Broadcast ? null : envelope.Account,
            except ? null : connectionId,
            except ? connectionId : null);
        if (envelope.Kind == EnvelopeKind.Disconnect)
        {
            return new Receipt(local.Disconnect(target));
        }

        using var activity = envelope.Trace == default
            ? null
            : ScalerMetrics.Activities.StartActivity("scaler.deliver", ActivityKind.Consumer, envelope.Trace);
        var count = local.Deliver(target, envelope.Payload.Span, envelope.Flags);
        if (clock.GetElapsedMicroseconds(envelope.SentAt) is { } microseconds)
        {
            metrics.DeliveryMeasured(microseconds);
        }

        return new Receipt(count);
    }
}
