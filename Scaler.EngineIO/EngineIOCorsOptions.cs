namespace Scaler.EngineIO;

/// <summary>What pages of other origins may do. Off by default; then no such header is sent, and browsers keep other pages' polling out.</summary>
public sealed class EngineIOCorsOptions
{
    /// <summary>Whether the headers are sent and preflights answered. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The origins that are allowed, such as <c>https://app.example.org</c>, or <c>*</c> for all. At least one when enabled.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>The methods that are allowed. When empty, which is the default: GET and POST.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>The request headers that are allowed. When empty, which is the default: all that are asked for.</summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>The response headers that scripts may read. Default none.</summary>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>Whether cookies may be sent along. Not together with the origin <c>*</c>. Default false.</summary>
    public bool Credentials { get; set; }

    /// <summary>How long a browser may remember a preflight's answer. Default none: its own rule.</summary>
    public TimeSpan? MaxAge { get; set; }
}
