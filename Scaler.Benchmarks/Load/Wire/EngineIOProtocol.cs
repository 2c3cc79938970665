namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Implements Engine.IO 4 (engine.io-protocol, "Packet encoding"): <c>0</c> open, <c>2</c> ping, <c>3</c> pong, <c>4</c> message.
/// </summary>
internal class EngineIOProtocol(string path) : WireProtocol
{
    public override string? Pong => "3";

    public override string Target(string account) => $"{path}?EIO=4&transport=websocket&account={account}";

    public override string Message(string text) => "4" + text;

    public override FrameKind Read(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        var packet = payload;
        payload = default;
        text = default;
        switch (packet[0])
        {
            case (byte)'0':
                return FrameKind.Ready;
            case (byte)'2':
                return FrameKind.Ping;
            case (byte)'4':
                text = Text(packet);
                return FrameKind.Message;
            default:
                return FrameKind.Other;
        }
    }

    /// <summary>Returns the text in a message packet.</summary>
    protected virtual ReadOnlySpan<byte> Text(ReadOnlySpan<byte> packet) => packet[1..];
}
