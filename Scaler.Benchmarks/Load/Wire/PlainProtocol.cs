namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Represents plain WebSocket without a protocol on top: each frame is a message.</summary>
internal sealed class PlainProtocol : WireProtocol
{
    public override bool SendsReadyFrame => false;

    public override string Target(string account) => "/ws";

    public override string Message(string text) => text;

    public override FrameKind Read(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        text = payload;
        payload = default;
        return FrameKind.Message;
    }
}
