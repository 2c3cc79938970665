using System.IO.Pipelines;

namespace Scaler.EngineIO.Sockets;

/// <summary>A connection's two directions.</summary>
internal sealed class SocketDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
