using System.Buffers;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Numbers, stamps and signs envelopes, and sends them over the bus.</summary>
internal sealed class EnvelopeSender(
    IMessageBus bus, SecretAgreement secret, NodeEpoch epoch, ClusterClock clock, ServerDirectory servers)
{
    private long _sequence;

    /// <summary>
    /// Sends an envelope to one server epoch. Errors of Redis are not thrown, because only the receiver misses the envelope.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if a subscriber received the envelope, as far as is known; otherwise, <see langword="false"/>.
    /// </returns>
    public async Task<bool> SendToServerAsync(string holder, Envelope envelope)
    {
        byte[]? rented = null;
        try
        {
            // A reply does not wait for the clock.
            if (!clock.IsCurrent && envelope.Kind is not (EnvelopeKind.Receipt or EnvelopeKind.Answer or EnvelopeKind.Probe))
            {
                await servers.GetServersAsync();
            }

            (rented, var length) = Write(envelope with { Receiver = holder });
            return await bus.SendToServerAsync(holder, rented.AsMemory(0, length));
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// Sends an envelope to the servers of an account, or to all servers if the account is <see langword="null"/>.
    /// </summary>
    public Task<IReadOnlyList<DeliveryResult>> PublishAsync(string? account, in Envelope envelope)
    {
        if (!clock.IsCurrent)
        {
            // The caller may reuse the payload if it does not wait any longer.
            return PublishWithClockAsync(account, envelope with { Payload = envelope.Payload.ToArray() });
        }

        var (rented, length) = Write(envelope);
        var bytes = rented.AsMemory(0, length);
        return ReturnWhenDoneAsync(
            account is null ? bus.BroadcastAsync(epoch.Name, bytes) : bus.SendToAccountAsync(account, epoch.Name, bytes), rented);

        static async Task<IReadOnlyList<DeliveryResult>> ReturnWhenDoneAsync(
            Task<IReadOnlyList<DeliveryResult>> publish, byte[] rented)
        {
            try
            {
                return await publish;
            }
            finally
            {
                // Return the array only after Redis has answered, even if the caller has timed out: the Redis client may still
                // have to write it.
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
    /// <summary>
    /// Reads Redis's clock first: a process that renews no lease does not know it, and receivers refuse envelopes without a time.
    /// </summary>
    private async Task<IReadOnlyList<DeliveryResult>> PublishWithClockAsync(string? account, Envelope envelope)
    {
        await servers.GetServersAsync();
        return await PublishAsync(account, envelope);
    }

    private (byte[] Rented, int Length) Write(in Envelope envelope) => EnvelopeCodec.Write(
        envelope with { Sequence = Interlocked.Increment(ref _sequence), SentAt = clock.Stamp }, secret.Current);
}
