using System.Buffers;
using System.Text.Json;

namespace Scaler.EngineIO.Protocol;

/// <summary>The handshake data: the JSON that follows the type digit <c>0</c> of the open packet.</summary>
internal readonly record struct OpenPacket(
    string Sid, bool UpgradesToWebSocket, TimeSpan PingInterval, TimeSpan PingTimeout, int MaxPayload)
{
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    // {"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}
    // Exactly these five keys, in this order. Durations are in milliseconds.
    public void Write(IBufferWriter<byte> output)
    {
        var json = _writer ??= new Utf8JsonWriter(Stream.Null);
        json.Reset(output);
        json.WriteStartObject();
        json.WriteString("sid"u8, Sid);
        json.WriteStartArray("upgrades"u8);
        if (UpgradesToWebSocket)
        {
            json.WriteStringValue("websocket"u8);
        }

        json.WriteEndArray();
        json.WriteNumber("pingInterval"u8, (long)PingInterval.TotalMilliseconds);
        json.WriteNumber("pingTimeout"u8, (long)PingTimeout.TotalMilliseconds);
        json.WriteNumber("maxPayload"u8, MaxPayload);
        json.WriteEndObject();
        json.Flush();
        json.Reset(Stream.Null);
    }
}
