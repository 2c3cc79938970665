namespace Scaler.EngineIO;

/// <summary>
/// Configures permessage-deflate (RFC 7692), the compression of WebSocket messages. Each message is compressed independently, so
/// an idle connection holds no compressor. A received message must not decompress to more than
/// <see cref="EngineIOOptions.MaxPayload"/> bytes.
/// </summary>
public sealed class EngineIODeflateOptions
{
    /// <summary>
    /// Gets or sets a value indicating whether compression is negotiated with clients that offer it. Default:
    /// <see langword="false"/>, because for most messages it costs more than it saves.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets the minimum size of a compressed message, in bytes. Minimum: 0. Default: 1,024.</summary>
    public int Threshold { get; set; } = 1_024;
}
