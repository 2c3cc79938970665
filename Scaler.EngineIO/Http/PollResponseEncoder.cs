using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Http;

/// <summary>Encodes packets into the body of a poll response.</summary>
internal static class PollResponseEncoder
{
    private const string Text = "text/plain; charset=UTF-8";
    private const string Script = "text/javascript; charset=UTF-8";
    private const string Binary = "application/octet-stream";

    public static PooledBuffer Encode(
        EngineSession session, string? jsonpIndex, List<OutboundPacket> packets, out string contentType, out bool compress)
    {
        var hasBinary = false;
        compress = false;
        foreach (var packet in packets)
        {
            hasBinary |= packet.Body == PacketBodyFormat.Binary;
            compress |= (packet.Flags & EngineSendFlags.NoCompression) == 0;
        }

        var payload = new PooledBuffer();
        if (session.ProtocolVersion == 3 && hasBinary && !session.Base64Only && jsonpIndex is null)
        {
            contentType = Binary;
            foreach (var packet in packets)
            {
                V3.BinaryPayloadCodec.Write(payload, packet.Type, packet.Body, packet.Data);
            }

            return payload;
        }

        contentType = Text;
        var first = true;
        foreach (var packet in packets)
        {
            if (session.ProtocolVersion == 3)
            {
                V3.TextPayloadCodec.Write(payload, packet.Type, packet.Body, packet.Data);
            }
            else
            {
                PayloadCodec.Write(payload, first, packet.Type, packet.Body, packet.Data);
                first = false;
            }
        }

        if (jsonpIndex is null)
        {
            return payload;
        }

        contentType = Script;
        using (payload)
        {
            var script = new PooledBuffer(payload.Length + 64);
            Jsonp.WriteScript(script, jsonpIndex, payload.Span);
            return script;
        }
    }
}
