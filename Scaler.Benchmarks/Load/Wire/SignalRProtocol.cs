namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Implements SignalR's JSON hub protocol without negotiation. Each record ends with 0x1E, and a frame may hold several records.
/// </summary>
internal sealed class SignalRProtocol : WireProtocol
{
    private const byte End = 0x1E;

    public override string Hello => "{\"protocol\":\"json\",\"version\":1}\u001e";

    public override string Target(string account) => $"/hub?account={account}";

    public override string Message(string text) => $$"""{"type":1,"target":"Echo","arguments":["{{text}}"]}""" + "\u001e";

    public override string Chat(string text) => $$"""{"type":1,"target":"Chat","arguments":["{{text}}"]}""" + "\u001e";

    public override FrameKind Read(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        var end = payload.IndexOf(End);
        var record = end < 0 ? payload : payload[..end];
        payload = end < 0 ? default : payload[(end + 1)..];
        if (record.StartsWith("{\"type\":1,"u8))
        {
            text = Text(record);
            return FrameKind.Message;
        }

        text = default;
        return record.SequenceEqual("{}"u8) ? FrameKind.Ready : FrameKind.Other;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record)
    {
        var chat = "{\"type\":1,\"target\":\"chat\",\"arguments\":[\""u8;
        return Between(record, record.StartsWith(chat) ? chat : "{\"type\":1,\"target\":\"echo\",\"arguments\":[\""u8, "\"]}"u8);
    }
}
