using System.Buffers;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    private void WritePacket(in OutboundPacket packet)
    {
        var data = packet.Data;
        if (IsCompressed(packet))
        {
            WriteCompressed(packet);
        }
        else if (IsBinaryV3(packet))
        {
            WriteBinaryV3(packet.Type, data);
        }
        else if (packet.SharedMessage is { } shared)
        {
            _output.Write(shared.Frame);
        }
        else if (packet.Body == PacketBodyFormat.Binary)
        {
            WriteFrame(WebSocketOpcode.Binary, false, data);
        }
        else
        {
            var span = _output.GetSpan(FrameHeader.MaxServerLength + 1);
            var header = FrameHeader.WriteServerHeader(span, WebSocketOpcode.Text, false, data.Length + 1);
            span[header] = PacketCodec.ToDigit(packet.Type);
            _output.Advance(header + 1);
            _output.Write(data);
        }
    }

    private bool IsCompressed(in OutboundPacket packet) =>
        _compression
            && packet.Length >= _runtime.Options.PerMessageDeflate.Threshold
            && (packet.Flags & EngineSendFlags.NoCompression) == 0;

    private bool IsBinaryV3(in OutboundPacket packet) => packet.Body == PacketBodyFormat.Binary && _session!.ProtocolVersion == 3;

    // 04 01 02 03 as a binary frame, or b4AQID as a text frame for clients that asked for base64.
    private void WriteBinaryV3(PacketType type, ReadOnlySpan<byte> data)
    {
        if (_session!.Base64Only)
        {
            WriteHeader(WebSocketOpcode.Text, false, 2 + Base64Text.GetEncodedLength(data.Length));
            _output.Write([(byte)'b', PacketCodec.ToDigit(type)]);
            Base64Text.Encode(data, _output);
        }
        else
        {
            WriteHeader(WebSocketOpcode.Binary, false, 1L + data.Length);
            _output.Write([(byte)type]);
            _output.Write(data);
        }
    }

    private void WriteCompressed(in OutboundPacket packet)
    {
        var isBinary = packet.Body == PacketBodyFormat.Binary;
        var isV3Binary = IsBinaryV3(packet);
        var opcode = isBinary && !(isV3Binary && _session!.Base64Only) ? WebSocketOpcode.Binary : WebSocketOpcode.Text;
        if (packet.SharedMessage is { } shared && !isV3Binary)
        {
            WriteFrame(opcode, true, shared.GetCompressed());
            return;
        }

        using var payload = new PooledBuffer(packet.Length + 16);
        if (isV3Binary)
        {
            payload.Write(_session!.Base64Only ? [(byte)'b', PacketCodec.ToDigit(packet.Type)] : [(byte)packet.Type]);
        }
        else if (!isBinary)
        {
            payload.Write([PacketCodec.ToDigit(packet.Type)]);
        }

        if (isV3Binary && _session!.Base64Only)
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

    private void WriteFrame(WebSocketOpcode opcode, bool compressed, ReadOnlySpan<byte> payload)
    {
        WriteHeader(opcode, compressed, payload.Length);
        _output.Write(payload);
    }

    private void WriteHeader(WebSocketOpcode opcode, bool compressed, long length)
    {
        var span = _output.GetSpan(FrameHeader.MaxServerLength);
        _output.Advance(FrameHeader.WriteServerHeader(span, opcode, compressed, length));
    }
}
