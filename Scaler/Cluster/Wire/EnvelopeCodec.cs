using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Wire;

/// <summary>
/// Encodes and decodes envelopes.
/// <code>
/// version:1 kind:1 flags:1 number:8 value:4 sequence:8 sent at:8 [trace id:16 span id:8 trace flags:1]
/// sender receiver account connection payload… tag:16
/// </code>
/// Sender, receiver, account and connection are UTF-8, each prefixed with its length (2 bytes). Numbers are big-endian. The tag
/// covers all bytes before it. The value is the number of connections in a receipt, or -1 if the request was refused; otherwise,
/// 0. A reader skips unknown versions, because servers of two versions share a bus during a rolling deployment.
/// </summary>
internal static class EnvelopeCodec
{
    private const byte Version = 2;
    private const int HeaderLength = 31;
    private const int TraceLength = 25;
    private const int RefusedValue = -1;
    private const EnvelopeFlags KnownFlags =
        EnvelopeFlags.Binary | EnvelopeFlags.Receipt | EnvelopeFlags.Except | EnvelopeFlags.Trace | EnvelopeFlags.Volatile;

    /// <summary>Writes an envelope into an array rented from the shared pool. The caller must return the array.</summary>
    /// <returns>The rented array and the length of the envelope, in bytes.</returns>
    /// <exception cref="ArgumentException">A name is longer than 65,535 bytes.</exception>
    public static (byte[] Rented, int Length) Write(in Envelope envelope, ClusterSecret secret)
    {
        var size = HeaderLength + TraceLength + 8 + ClusterKey.TagLength + envelope.Payload.Length
            + Encoding.UTF8.GetMaxByteCount(envelope.Sender.Length)
            + Encoding.UTF8.GetMaxByteCount(envelope.Receiver?.Length ?? 0)
            + Encoding.UTF8.GetMaxByteCount(envelope.Account?.Length ?? 0)
            + Encoding.UTF8.GetMaxByteCount(envelope.ConnectionId?.Length ?? 0);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var span = rented.AsSpan();
        var hasTrace = envelope.Trace != default;
        span[0] = Version;
        span[1] = (byte)envelope.Kind;
        span[2] = (byte)(hasTrace ? envelope.Flags | EnvelopeFlags.Trace : envelope.Flags & ~EnvelopeFlags.Trace);
        BinaryPrimitives.WriteInt64BigEndian(span[3..], envelope.Number);
        BinaryPrimitives.WriteInt32BigEndian(span[11..], GetValue(envelope));
        BinaryPrimitives.WriteInt64BigEndian(span[15..], envelope.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(span[23..], envelope.SentAt);
        var offset = HeaderLength;
        if (hasTrace)
        {
            envelope.Trace.TraceId.CopyTo(span.Slice(offset, 16));
            envelope.Trace.SpanId.CopyTo(span.Slice(offset + 16, 8));
            span[offset + 24] = (byte)envelope.Trace.TraceFlags;
            offset += TraceLength;
        }

        offset = WriteName(envelope.Sender, span, offset);
        offset = WriteName(envelope.Receiver ?? "", span, offset);
        offset = WriteName(envelope.Account ?? "", span, offset);
        offset = WriteName(envelope.ConnectionId ?? "", span, offset);
        envelope.Payload.Span.CopyTo(span[offset..]);
        offset += envelope.Payload.Length;
        secret.Envelopes.ComputeTag(span[..offset], span[offset..]);
        return (rented, offset + ClusterKey.TagLength);
    }

    /// <summary>Reads an envelope and verifies its tag. The payload references <paramref name="bytes"/>.</summary>
    /// <returns><see cref="EnvelopeError.None"/>, or the reason why the envelope could not be read.</returns>
    public static EnvelopeError TryRead(ReadOnlyMemory<byte> bytes, ClusterSecret secret, out Envelope envelope)
    {
        envelope = default;
        var span = bytes.Span;
        if (span.Length == 0)
        {
            return EnvelopeError.Malformed;
        }

        if (span[0] != Version)
        {
            return EnvelopeError.UnknownVersion;
        }

        var end = span.Length - ClusterKey.TagLength;
        if (end < HeaderLength)
        {
            return EnvelopeError.Malformed;
        }

        if (!secret.Envelopes.VerifyTag(span[..end], span[end..]))
        {
            return EnvelopeError.Forged;
        }

        var (kind, flags) = ((EnvelopeKind)span[1], (EnvelopeFlags)span[2]);
        if (kind is < EnvelopeKind.Message or > EnvelopeKind.Answer || (flags & ~KnownFlags) != 0)
        {
            return EnvelopeError.UnknownVersion;
        }

        var body = span[..end];
        var offset = HeaderLength;
        var trace = default(ActivityContext);
        if (flags.HasFlag(EnvelopeFlags.Trace) && !TryReadTrace(body, ref offset, out trace))
        {
            return EnvelopeError.Malformed;
        }

        if (!TryReadName(body, ref offset, out var sender)
            || !TryReadName(body, ref offset, out var receiver)
            || !TryReadName(body, ref offset, out var account)
            || !TryReadName(body, ref offset, out var connection))
        {
            return EnvelopeError.Malformed;
        }

        var value = BinaryPrimitives.ReadInt32BigEndian(span[11..]);
        envelope = new Envelope
        {
            Kind = kind,
            Flags = flags,
            Sender = sender,
            Receiver = receiver,
            Sequence = BinaryPrimitives.ReadInt64BigEndian(span[15..]),
            Number = BinaryPrimitives.ReadInt64BigEndian(span[3..]),
            SentAt = BinaryPrimitives.ReadInt64BigEndian(span[23..]),
            Count = kind == EnvelopeKind.Receipt ? Math.Max(value, 0) : 0,
            IsRefused = kind == EnvelopeKind.Receipt && value < 0,
            Account = account,
            ConnectionId = connection,
            Trace = trace,
            Payload = bytes[offset..end],
        };
        return EnvelopeError.None;
    }

    private static int GetValue(in Envelope envelope) =>
        envelope.Kind != EnvelopeKind.Receipt ? 0
        : envelope.IsRefused ? RefusedValue : envelope.Count;

    private static int WriteName(string name, Span<byte> span, int offset)
    {
        var length = Encoding.UTF8.GetBytes(name, span[(offset + 2)..]);
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException(
                $"The name is {length} bytes long; an envelope allows at most {ushort.MaxValue} bytes.", nameof(name));
        }

        BinaryPrimitives.WriteUInt16BigEndian(span[offset..], (ushort)length);
        return offset + 2 + length;
    }

    private static bool TryReadName(ReadOnlySpan<byte> body, ref int offset, out string name)
    {
        name = "";
        if (body.Length - offset < 2)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(body[offset..]);
        offset += 2;
        if (body.Length - offset < length)
        {
            return false;
        }

        name = Encoding.UTF8.GetString(body.Slice(offset, length));
        offset += length;
        return true;
    }

    private static bool TryReadTrace(ReadOnlySpan<byte> body, ref int offset, out ActivityContext trace)
    {
        trace = default;
        if (body.Length - offset < TraceLength)
        {
            return false;
        }

        trace = new ActivityContext(
            ActivityTraceId.CreateFromBytes(body.Slice(offset, 16)), ActivitySpanId.CreateFromBytes(body.Slice(offset + 16, 8)),
            (ActivityTraceFlags)body[offset + 24], isRemote: true);
        offset += TraceLength;
        return true;
    }
}
