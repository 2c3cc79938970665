namespace Scaler.EngineIO;

/// <summary>
/// The compression of WebSocket messages, permessage-deflate (RFC 7692). Each message is compressed by itself, so that an idle
/// connection holds no compressor. A received message may not inflate beyond <see cref="EngineIOOptions.MaxPayload"/>.
/// </summary>
public sealed class EngineIODeflateOptions
{
    /// <summary>Whether it is offered. Default false: it costs more than it saves for most messages.</summary>
    public bool Enabled { get; set; }

    /// <summary>The bytes from which on a sent message is compressed. From 0, default 1,024.</summary>
    public int Threshold { get; set; } = 1_024;
}
