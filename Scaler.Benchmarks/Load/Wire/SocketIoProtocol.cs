namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Implements Socket.IO 5 on top of Engine.IO 4: <c>40</c> connect, <c>42</c> event.</summary>
internal sealed class SocketIoProtocol() : EngineIOProtocol("/socket.io/")
{
    public override string Hello => "40";

    public override string Message(string text) => $$"""42["echo","{{text}}"]""";

    public override string Chat(string text) => $$"""42["chat","{{text}}"]""";

    public override FrameKind Read(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        var packet = payload;
        var meaning = base.Read(ref payload, out text);
        if (meaning == FrameKind.Ready)
        {
            return FrameKind.Other;
        }

        return meaning == FrameKind.Message && packet.StartsWith("40"u8) ? FrameKind.Ready : meaning;
    }

    protected override ReadOnlySpan<byte> Text(ReadOnlySpan<byte> packet) =>
        Between(packet, packet.StartsWith("42[\"chat\""u8) ? "42[\"chat\",\""u8 : "42[\"echo\",\""u8, "\"]"u8);
}
