using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Sends the messages of the application: converts them to packets, queues them, and signals the transport. If the queue is full,
/// waits or closes the session.
/// </summary>
internal readonly struct SessionSender(SessionLifecycle lifecycle, SendQueue queue)
{
    // A group up to this cost, in bytes, is copied to the chunk of the queue, which happens under the lock.
    private const int MaxSmallGroup = 4 * PacketChunk.MaxPacketLength;

    /// <summary>Sends a message. Copies its bytes before the call returns.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlySpan<byte> data, EngineMessageKind kind, EngineSendFlags flags, CancellationToken cancellationToken)
    {
        var body = kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        if (TrySendSmall(body, data, flags))
        {
            return ValueTask.FromResult(EngineSendOutcome.Sent);
        }

        return TryRefuseVolatile(flags, 1, out var outcome)
            ? ValueTask.FromResult(outcome)
            : SendAsync(new PacketGroup(OutboundPacket.Copy(PacketType.Message, body, data, flags)), cancellationToken);
    }

    /// <summary>Sends a text message.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(string text, EngineSendFlags flags, CancellationToken cancellationToken)
    {
        Span<byte> small = stackalloc byte[PacketChunk.MaxPacketLength];
        if (text.Length <= PacketChunk.MaxPacketLength && Encoding.UTF8.TryGetBytes(text, small, out var written)
            && TrySendSmall(PacketBodyFormat.Text, small[..written], flags))
        {
            return ValueTask.FromResult(EngineSendOutcome.Sent);
        }

        if (TryRefuseVolatile(flags, 1, out var outcome))
        {
            return ValueTask.FromResult(outcome);
        }

        var array = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, array);
        var packet = new OutboundPacket(PacketType.Message, PacketBodyFormat.Text, array, length, flags);
        return SendAsync(new PacketGroup(packet), cancellationToken);
    }

    /// <summary>Sends a group of messages. Copies their bytes before the call returns.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlySpan<EngineMessage> messages, EngineSendFlags flags, CancellationToken cancellationToken)
    {
        if (messages.Length == 1)
        {
            var kind = messages[0].IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text;
            return SendAsync(messages[0].Data.Span, kind, flags, cancellationToken);
        }

        var cost = PacketGroup.CostOf(messages);
        ThrowIfTooLarge(messages.Length, cost);
        if (messages.IsEmpty)
        {
            return ValueTask.FromResult(queue.IsClosed ? EngineSendOutcome.Closed : EngineSendOutcome.Sent);
        }

        if (TrySendSmall(messages, (int)cost, flags))
        {
            return ValueTask.FromResult(EngineSendOutcome.Sent);
        }

        return TryRefuseVolatile(flags, messages.Length, out var outcome)
            ? ValueTask.FromResult(outcome)
            : SendAsync(PacketGroup.Copy(messages, flags), cancellationToken);
    }

    /// <summary>
    /// Queues a shared message without waiting. If the queue is full, closes the session, unless the message is volatile.
    /// </summary>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags)
    {
        message.Retain();
        return TrySend(new PacketGroup(OutboundPacket.Share(message, flags)));
    }

    /// <summary>Queues a group of shared messages like <see cref="TrySend(EngineEncodedMessage, EngineSendFlags)"/>.</summary>
    public EngineSendOutcome TrySend(ReadOnlySpan<EngineEncodedMessage> messages, EngineSendFlags flags)
    {
        foreach (var message in messages)
        {
            ArgumentNullException.ThrowIfNull(message, nameof(messages));
        }

        if (messages.Length == 1)
        {
            return TrySend(messages[0], flags);
        }

        ThrowIfTooLarge(messages.Length, PacketGroup.CostOf(messages));
        if (messages.IsEmpty)
        {
            return queue.IsClosed ? EngineSendOutcome.Closed : EngineSendOutcome.Sent;
        }

        return TrySend(PacketGroup.Share(messages, flags));
    }

    private EngineSendOutcome TrySend(in PacketGroup packets)
    {
        ISessionTransport? transport;
        EngineSendOutcome outcome;
        bool isFull;
        lock (lifecycle.Gate)
        {
            isFull = !queue.TryEnqueue(packets, out outcome, out transport);
            if (isFull)
            {
                queue.SetOverflowed();
            }
        }

        ReleaseUnlessSent(packets, outcome);
        transport?.BroadcastOutputAvailable();
        if (isFull)
        {
            lifecycle.Runtime.OverflowCloser.Add(lifecycle.Session);
        }

        return outcome;
    }

    private ValueTask<EngineSendOutcome> SendAsync(in PacketGroup packets, CancellationToken cancellationToken)
    {
        ISessionTransport? transport;
        SendWaiters? waiters = null;
        SendWaiter? waiter = null;
        EngineSendOutcome outcome;
        lock (lifecycle.Gate)
        {
            if (!queue.TryEnqueue(packets, out outcome, out transport))
            {
                (waiters, waiter) = queue.AddWaiter(packets, out transport);
            }
        }

        if (waiter is not null)
        {
            transport?.OutputAvailable();
            return waiters!.WaitAsync(waiter, cancellationToken);
        }

        ReleaseUnlessSent(packets, outcome);
        transport?.OutputAvailable();
        return ValueTask.FromResult(outcome);
    }

    /// <summary>
    /// Queues a small message if there is space. Otherwise returns <see langword="false"/>, and the caller takes the general
    /// path.
    /// </summary>
    private bool TrySendSmall(PacketBodyFormat body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        if (data.Length > PacketChunk.MaxPacketLength)
        {
            return false;
        }

        ISessionTransport? transport;
        lock (lifecycle.Gate)
        {
            if (!queue.TryEnqueueCopy(body, data, flags, out transport))
            {
                return false;
            }
        }

        transport?.OutputAvailable();
        return true;
    }

    /// <inheritdoc cref="TrySendSmall(PacketBodyFormat, ReadOnlySpan{byte}, EngineSendFlags)"/>
    private bool TrySendSmall(ReadOnlySpan<EngineMessage> messages, int cost, EngineSendFlags flags)
    {
        if (cost > MaxSmallGroup)
        {
            return false;
        }

        foreach (var message in messages)
        {
            if (message.Data.Length > PacketChunk.MaxPacketLength)
            {
                return false;
            }
        }

        ISessionTransport? transport;
        lock (lifecycle.Gate)
        {
            if (!queue.TryEnqueueCopies(messages, cost, flags, out transport))
            {
                return false;
            }
        }

        transport?.OutputAvailable();
        return true;
    }

    /// <summary>Refuses volatile messages that cannot be written now, before the caller copies them.</summary>
    /// <returns>
    /// <see langword="true"/> if the messages are refused; <see langword="false"/> if they are not volatile or may be queued.
    /// </returns>
    private bool TryRefuseVolatile(EngineSendFlags flags, int count, out EngineSendOutcome outcome)
    {
        outcome = EngineSendOutcome.Sent;
        if ((flags & EngineSendFlags.Volatile) == 0)
        {
            return false;
        }

        lock (lifecycle.Gate)
        {
            if (queue.IsWritable)
            {
                return false;
            }

            outcome = queue.IsClosed ? EngineSendOutcome.Closed : EngineSendOutcome.Dropped;
        }

        if (outcome == EngineSendOutcome.Dropped)
        {
            lifecycle.Runtime.Metrics.MessagesDropped(count);
        }

        return true;
    }

    /// <exception cref="ArgumentException">The group would not fit even if the queue were empty.</exception>
    private void ThrowIfTooLarge(int messages, long cost)
    {
        var options = lifecycle.Runtime.Options;
        if (messages > options.MaxQueuedPackets)
        {
            throw new ArgumentException(
                $"The group has {messages} messages. {nameof(EngineIOOptions.MaxQueuedPackets)} is {options.MaxQueuedPackets}.",
                nameof(messages));
        }

        if (cost > options.MaxQueuedBytes)
        {
            throw new ArgumentException(
                $"The group needs {cost} bytes of the queue, including 64 bytes per message. "
                + $"{nameof(EngineIOOptions.MaxQueuedBytes)} is {options.MaxQueuedBytes}.", nameof(messages));
        }
    }

    private void ReleaseUnlessSent(in PacketGroup packets, EngineSendOutcome outcome)
    {
        if (outcome == EngineSendOutcome.Sent)
        {
            packets.ReturnArray();
            return;
        }

        packets.Release();
        if (outcome == EngineSendOutcome.Dropped)
        {
            lifecycle.Runtime.Metrics.MessagesDropped(packets.Count);
        }
    }
}
