using System.Buffers;
using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Compression;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Transports;

/// <summary>Encodes packets and control frames as WebSocket frames.</summary>
/// <param name="output">The buffer to write the frames to.</param>
/// <param name="deflate">The compression options, or <see langword="null"/> if permessage-deflate was not negotiated.</param>
internal readonly struct WebSocketFrameEncoder(PooledBuffer output, EngineIODeflateOptions? deflate)
{
    /// <summary>Gets the buffer of the encoded frames. It holds memory only while a write is in progress.</summary>
    public PooledBuffer Output => output;

    /// <summary>Returns the encoding that a broadcast message shares between sessions.</summary>
    /// <returns>
    /// The broadcast message, or <see langword="null"/> if the session needs another encoding of the packet.
    /// </returns>
    public EngineEncodedMessage? GetShared(in OutboundPacket packet, EngineSession session) =>
        IsCompressed(packet) || IsBinaryV3(packet, session) ? null : packet.SharedMessage;

    public void WritePacket(in OutboundPacket packet, EngineSession session)
    {
        var data = packet.Data;
        if (IsCompressed(packet))
        {
            WriteCompressed(packet, session);
        }
        else if (IsBinaryV3(packet, session))
        {
            WriteBinaryV3(packet.Type, data, session.Base64Only);
        }
        else if (packet.SharedMessage is { } shared)
        {
            output.Write(shared.Frame);
        }
        else if (packet.Body == PacketBodyFormat.Binary)
        {
            WriteFrame(WebSocketOpcode.Binary, false, data);
        }
        else
        {
            var span = output.GetSpan(FrameHeader.MaxServerLength + 1);
            var header = FrameHeader.WriteServerHeader(span, WebSocketOpcode.Text, false, data.Length + 1);
            span[header] = PacketCodec.ToDigit(packet.Type);
            output.Advance(header + 1);
            output.Write(data);
        }
    }

    public void WriteFrame(WebSocketOpcode opcode, bool compressed, ReadOnlySpan<byte> payload)
    {
        WriteHeader(opcode, compressed, payload.Length);
        output.Write(payload);
    }

    private static bool IsBinaryV3(in OutboundPacket packet, EngineSession session) =>
        packet.Body == PacketBodyFormat.Binary && session.ProtocolVersion == 3;

    private bool IsCompressed(in OutboundPacket packet) =>
        deflate is not null && packet.Length >= deflate.Threshold && (packet.Flags & EngineSendFlags.NoCompression) == 0;

    // 04 01 02 03 as a binary frame, or b4AQID as a text frame for clients that asked for base64.
    private void WriteBinaryV3(PacketType type, ReadOnlySpan<byte> data, bool base64)
    {
        if (base64)
        {
            WriteHeader(WebSocketOpcode.Text, false, 2 + Base64Text.GetEncodedLength(data.Length));
            output.Write([(byte)'b', PacketCodec.ToDigit(type)]);
            Base64Text.Encode(data, output);
        }
        else
        {
            WriteHeader(WebSocketOpcode.Binary, false, 1L + data.Length);
            output.Write([(byte)type]);
            output.Write(data);
        }
    }

    private void WriteCompressed(in OutboundPacket packet, EngineSession session)
    {
        var isBinary = packet.Body == PacketBodyFormat.Binary;
        var isV3Binary = IsBinaryV3(packet, session);
        var opcode = isBinary && !(isV3Binary && session.Base64Only) ? WebSocketOpcode.Binary : WebSocketOpcode.Text;
        if (packet.SharedMessage is { } shared && !isV3Binary)
        {
            WriteFrame(opcode, true, shared.GetCompressed());
            return;
        }

        using var payload = new PooledBuffer(packet.Length + 16);
        if (isV3Binary)
        {
            payload.Write(session.Base64Only ? [(byte)'b', PacketCodec.ToDigit(packet.Type)] : [(byte)packet.Type]);
        }
        else if (!isBinary)
        {
            payload.Write([PacketCodec.ToDigit(packet.Type)]);
        }

        if (isV3Binary && session.Base64Only)
        {
            Base64Text.Encode(packet.Data, payload);
        }
        else
        {
            payload.Write(packet.Data);
        }

        var compressed = MessageDeflate.Compress(payload.Span, out var length);
        try
        {
            WriteFrame(opcode, true, compressed.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    private void WriteHeader(WebSocketOpcode opcode, bool compressed, long length)
    {
        var span = output.GetSpan(FrameHeader.MaxServerLength);
        output.Advance(FrameHeader.WriteServerHeader(span, opcode, compressed, length));
    }
}
