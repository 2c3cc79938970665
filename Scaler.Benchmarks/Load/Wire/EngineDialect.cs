namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Implements Engine.IO 4 (engine.io-protocol, "Packet encoding"): <c>0</c> open, <c>2</c> ping, <c>3</c> pong, <c>4</c> message.
/// </summary>
internal class EngineDialect(string path) : Dialect
{
    public override string? Pong => "3";

    public override string Target(string account) => $"{path}?EIO=4&transport=websocket&account={account}";

    public override string Message(string text) => "4" + text;

    public override Meaning Read(ReadOnlySpan<byte> payload, out int messages)
    {
        messages = 0;
        switch (payload[0])
        {
            case (byte)'0':
                return Meaning.Ready;
            case (byte)'2':
                return Meaning.Ping;
            case (byte)'4':
                messages = 1;
                return Meaning.Message;
            default:
                return Meaning.Other;
        }
    }
}
