namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Implements Socket.IO 5 on top of Engine.IO 4: <c>40</c> connect, <c>42</c> event.</summary>
internal sealed class SocketIoDialect() : EngineDialect("/socket.io/")
{
    public override string Hello => "40";

    public override string Message(string text) => $$"""42["echo","{{text}}"]""";

    public override string Chat(string text) => $$"""42["chat","{{text}}"]""";

    public override Meaning Read(ReadOnlySpan<byte> payload, out int messages)
    {
        var meaning = base.Read(payload, out messages);
        if (meaning == Meaning.Ready)
        {
            return Meaning.Other;
        }

        return meaning == Meaning.Message && payload[1] == (byte)'0' ? Meaning.Ready : meaning;
    }
}
