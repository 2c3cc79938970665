namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Implements SignalR's JSON hub protocol without negotiation. Each record ends with 0x1E, and a frame may hold several records.
/// </summary>
internal sealed class SignalRDialect : Dialect
{
    private const byte End = 0x1E;

    public override string Hello => "{\"protocol\":\"json\",\"version\":1}\u001e";

    public override string Target(string account) => $"/hub?account={account}";

    public override string Message(string text) => $$"""{"type":1,"target":"Echo","arguments":["{{text}}"]}""" + "\u001e";

    public override string Chat(string text) => $$"""{"type":1,"target":"Chat","arguments":["{{text}}"]}""" + "\u001e";

    public override Meaning Read(ReadOnlySpan<byte> payload, out int messages)
    {
        messages = 0;
        var ready = false;
        while (payload.IndexOf(End) is >= 0 and var end)
        {
            var record = payload[..end];
            ready |= record.SequenceEqual("{}"u8);
            messages += record.StartsWith("{\"type\":1"u8) ? 1 : 0;
            payload = payload[(end + 1)..];
        }

        return messages > 0 ? Meaning.Message : ready ? Meaning.Ready : Meaning.Other;
    }
}
