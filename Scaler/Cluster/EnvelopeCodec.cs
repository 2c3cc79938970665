using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Scaler.Cluster;

/// <summary>
/// Envelopes to bytes and back.
/// <code>
/// version:1 kind:1 flags:1 number:8 count:4 [trace id:16 span id:8 trace flags:1] sender account connection payload… tag:16
/// </code>
/// Sender, account and connection are each a length (2 bytes) and UTF-8; numbers are big-endian; the tag is over all before it.
/// A reader skips a version that it does not know: servers of two versions share a bus while a deployment rolls.
/// </summary>
internal static class EnvelopeCodec
{
    private const byte Version = 1;
    private const int HeadLength = 15;
    private const int TraceLength = 25;
    private const EnvelopeFlags KnownFlags = EnvelopeFlags.Binary | EnvelopeFlags.Receipt | EnvelopeFlags.Except | EnvelopeFlags.Trace;

    /// <summary>Writes an envelope into memory rented from the shared pool; the caller returns it.</summary>
    /// <returns>The rented array and how much of it the envelope takes.</returns>
    /// <exception cref="ArgumentException">A name is longer than 65,535 bytes.</exception>
    public static (byte[] Rented, int Length) Write(in Envelope envelope, ClusterSecret secret)
    {
        var size = HeadLength + TraceLength + 6 + ClusterKey.TagLength + envelope.Payload.Length
            + Encoding.UTF8.GetMaxByteCount(envelope.Sender.Length)
            + Encoding.UTF8.GetMaxByteCount(envelope.Account?.Length ?? 0)
            + Encoding.UTF8.GetMaxByteCount(envelope.ConnectionId?.Length ?? 0);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var span = rented.AsSpan();
        var traced = envelope.Trace != default;
        span[0] = Version;
        span[1] = (byte)envelope.Kind;
        span[2] = (byte)(traced ? envelope.Flags | EnvelopeFlags.Trace : envelope.Flags & ~EnvelopeFlags.Trace);
        BinaryPrimitives.WriteInt64BigEndian(span[3..], envelope.Number);
        BinaryPrimitives.WriteInt32BigEndian(span[11..], envelope.Count);
        var at = HeadLength;
        if (traced)
        {
            envelope.Trace.TraceId.CopyTo(span.Slice(at, 16));
            envelope.Trace.SpanId.CopyTo(span.Slice(at + 16, 8));
            span[at + 24] = (byte)envelope.Trace.TraceFlags;
            at += TraceLength;
        }

        at = WriteName(envelope.Sender, span, at);
        at = WriteName(envelope.Account ?? "", span, at);
        at = WriteName(envelope.ConnectionId ?? "", span, at);
        envelope.Payload.Span.CopyTo(span[at..]);
        at += envelope.Payload.Length;
        secret.Envelopes.Tag(span[..at], span[at..]);
        return (rented, at + ClusterKey.TagLength);
    }

    /// <summary>Reads an envelope.</summary>
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
        if (end < HeadLength)
        {
            return EnvelopeError.Malformed;
        }

        if (!secret.Envelopes.IsTag(span[..end], span[end..]))
        {
            return EnvelopeError.Forged;
        }

        var (kind, flags) = ((EnvelopeKind)span[1], (EnvelopeFlags)span[2]);
        if (kind is < EnvelopeKind.Message or > EnvelopeKind.Answer || (flags & ~KnownFlags) != 0)
        {
            return EnvelopeError.UnknownVersion;
        }

        var body = span[..end];
        var at = HeadLength;
        var trace = default(ActivityContext);
        if (flags.HasFlag(EnvelopeFlags.Trace) && !TryReadTrace(body, ref at, out trace))
        {
            return EnvelopeError.Malformed;
        }

        if (!TryReadName(body, ref at, out var sender) || !TryReadName(body, ref at, out var account) || !TryReadName(body, ref at, out var connection))
        {
            return EnvelopeError.Malformed;
        }

        envelope = new Envelope
        {
            Kind = kind,
            Flags = flags,
            Sender = sender,
            Number = BinaryPrimitives.ReadInt64BigEndian(span[3..]),
            Count = BinaryPrimitives.ReadInt32BigEndian(span[11..]),
            Account = account,
            ConnectionId = connection,
            Trace = trace,
            Payload = bytes[at..end],
        };
        return EnvelopeError.None;
    }

    private static int WriteName(string name, Span<byte> span, int at)
    {
        var length = Encoding.UTF8.GetBytes(name, span[(at + 2)..]);
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"A name of {length} bytes does not fit an envelope; {ushort.MaxValue} are possible.", nameof(name));
        }

        BinaryPrimitives.WriteUInt16BigEndian(span[at..], (ushort)length);
        return at + 2 + length;
    }

    private static bool TryReadName(ReadOnlySpan<byte> body, ref int at, out string name)
    {
        name = "";
        if (body.Length - at < 2)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        at += 2;
        if (body.Length - at < length)
        {
            return false;
        }

        name = Encoding.UTF8.GetString(body.Slice(at, length));
        at += length;
        return true;
    }

    private static bool TryReadTrace(ReadOnlySpan<byte> body, ref int at, out ActivityContext trace)
    {
        trace = default;
        if (body.Length - at < TraceLength)
        {
            return false;
        }

        trace = new ActivityContext(
            ActivityTraceId.CreateFromBytes(body.Slice(at, 16)), ActivitySpanId.CreateFromBytes(body.Slice(at + 16, 8)),
            (ActivityTraceFlags)body[at + 24], isRemote: true);
        at += TraceLength;
        return true;
    }
}
