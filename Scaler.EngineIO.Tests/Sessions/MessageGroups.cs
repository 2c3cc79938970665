using System.Buffers.Binary;
using System.Text;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Sends groups of one text and three binary messages, and asserts that a client receives them without gaps.</summary>
internal static class MessageGroups
{
    public const int Binaries = 3;

    // Every other group has a message that does not fit into the chunk of a queue.
    private static readonly int[] SmallLengths = [8, 15, 12];
    private static readonly int[] LargeLengths = [8, 1500, 12];

    public static EngineMessage[] Create(int sender, int number)
    {
        var group = new EngineMessage[1 + Binaries];
        group[0] = new EngineMessage(Encoding.UTF8.GetBytes($"{sender}:{number}"), isBinary: false);
        for (var index = 0; index < Binaries; index++)
        {
            var data = new byte[(number % 2 == 0 ? SmallLengths : LargeLengths)[index]];
            (data[0], data[1]) = ((byte)sender, (byte)index);
            BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(2), number);
            group[1 + index] = new EngineMessage(data, isBinary: true);
        }

        return group;
    }

    /// <summary>Sends groups from two threads, and single messages from a third.</summary>
    public static Task SendConcurrentlyAsync(EngineSession session, int groups) => Task.WhenAll(
        Task.Run(async () =>
        {
            for (var number = 0; number < groups; number++)
            {
                Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync(Create(0, number)));
            }
        }),
        Task.Run(async () =>
        {
            for (var number = 0; number < groups; number++)
            {
                Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync(Create(1, number)));
            }
        }),
        Task.Run(async () =>
        {
            for (var number = 0; number < groups; number++)
            {
                Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync("single"));
            }
        }));

    /// <summary>Reads the messages of a polling response.</summary>
    public static List<ReceivedMessage> ReadPayload(EngineResponse response, int version)
    {
        Assert.Equal(200, response.StatusCode);
        var isBinary = response.Header("Content-Type") == "application/octet-stream";
        var messages = new List<ReceivedMessage>();
        var position = 0;
        while (Read(out var packet) == PayloadReadResult.Packet)
        {
            if (packet.Type != PacketType.Message)
            {
                continue;
            }

            var data = response.Bytes.AsSpan(packet.Offset, packet.Length);
            messages.Add(packet.BodyFormat == PacketBodyFormat.Base64
                ? new ReceivedMessage(true, Convert.FromBase64String(Encoding.UTF8.GetString(data)))
                : new ReceivedMessage(packet.BodyFormat == PacketBodyFormat.Binary, data.ToArray()));
        }

        return messages;

        PayloadReadResult Read(out Packet packet) => version == 4
            ? PayloadCodec.Read(response.Bytes, ref position, out packet, out _)
            : isBinary
                ? V3.BinaryPayloadCodec.Read(response.Bytes, ref position, out packet, out _)
                : V3.TextPayloadCodec.Read(response.Bytes, ref position, out packet, out _);
    }

    /// <summary>Reads the next message of a WebSocket.</summary>
    public static async Task<ReceivedMessage> ReadFrameAsync(RawWebSocket socket, int version)
    {
        var (opcode, payload, _) = await socket.ReadFrameAsync();
        Assert.True(opcode is RawWebSocket.TextOpcode or RawWebSocket.BinaryOpcode, $"The frame has the opcode {opcode}.");
        var isBinary = opcode == RawWebSocket.BinaryOpcode;
        return new ReceivedMessage(isBinary, isBinary && version == 4 ? payload : payload[1..]);
    }

    /// <summary>Asserts that each text of a group is followed by its three binary messages, in order.</summary>
    public static void AssertAdjacent(IReadOnlyList<ReceivedMessage> messages, int groups)
    {
        var next = new int[2];
        var singles = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            Assert.False(messages[i].IsBinary, $"The message {i} is binary and follows no text.");
            var text = Encoding.UTF8.GetString(messages[i].Data);
            if (text == "single")
            {
                singles++;
                continue;
            }

            var sender = text[0] - '0';
            var number = next[sender]++;
            Assert.Equal($"{sender}:{number}", text);
            var group = Create(sender, number);
            for (var index = 1; index <= Binaries; index++)
            {
                var message = messages[++i];
                Assert.True(message.IsBinary, $"Text is between the messages of group {text}.");
                Assert.Equal(group[index].Data.ToArray(), message.Data);
            }
        }

        Assert.Equal((groups, groups, groups), (next[0], next[1], singles));
    }

    internal readonly record struct ReceivedMessage(bool IsBinary, byte[] Data);
}
