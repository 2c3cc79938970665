using System.Buffers;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Encodes envelopes with the cluster's secret and sends them over the bus.</summary>
internal sealed class EnvelopeSender(IMessageBus bus, SecretAgreement secret, NodeEpoch epoch)
{
    /// <summary>
    /// Sends an envelope to one server epoch. Errors of Redis are not thrown, because only the receiver misses the envelope.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if a subscriber received the envelope, as far as is known; otherwise, <see langword="false"/>.
    /// </returns>
    public async Task<bool> SendToServerAsync(string holder, Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, secret.Current);
        try
        {
            return await bus.SendToServerAsync(holder, rented.AsMemory(0, length));
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Sends an envelope to the servers of an account, or to all servers if the account is <see langword="null"/>.
    /// </summary>
    public Task<IReadOnlyList<DeliveryResult>> PublishAsync(string? account, in Envelope envelope)
    {
        var (rented, length) = EnvelopeCodec.Write(envelope, secret.Current);
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
}
