namespace Scaler.EngineIO;

/// <summary>
/// Configures the compression of polling responses: gzip or deflate, depending on the client's <c>Accept-Encoding</c>.
/// </summary>
public sealed class EngineIOHttpCompressionOptions
{
    /// <summary>Gets or sets a value indicating whether responses are compressed. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Gets or sets the minimum size of a compressed response, in bytes. Minimum: 0. Default: 1,024.</summary>
    public int Threshold { get; set; } = 1_024;
}
