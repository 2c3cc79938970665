namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Implements Engine.IO with JSON messages, as Scaler uses it.</summary>
internal sealed class ScalerProtocol() : EngineIOProtocol("/stream/")
{
    public override string Message(string text) => $$"""4{"event":"echo","args":["{{text}}"]}""";

    public override string Chat(string text) => $$"""4{"event":"chat","args":["{{text}}"]}""";

    protected override ReadOnlySpan<byte> Text(ReadOnlySpan<byte> packet)
    {
        var chat = "4{\"event\":\"chat\",\"args\":[\""u8;
        return Between(packet, packet.StartsWith(chat) ? chat : "4{\"event\":\"echo\",\"args\":[\""u8, "\"]}"u8);
    }
}
