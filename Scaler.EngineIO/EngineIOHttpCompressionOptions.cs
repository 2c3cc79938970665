namespace Scaler.EngineIO;

/// <summary>The compression of polling responses: gzip or deflate, as the client accepts.</summary>
public sealed class EngineIOHttpCompressionOptions
{
    /// <summary>Whether responses are compressed. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The bytes from which on a response is compressed. From 0, default 1,024.</summary>
    public int Threshold { get; set; } = 1_024;
}
