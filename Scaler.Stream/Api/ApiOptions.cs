namespace Scaler.Stream.Api;

/// <summary>The send API's settings, from the configuration section <c>Scaler:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Scaler:Api";

    /// <summary>Who has one of these may use the API: 32 characters or more each. Several, so that one can replace another. Default: none, then the API is off.</summary>
    public IList<string> Keys { get; init; } = [];

    /// <summary>The largest body of a request, in bytes: 1 KiB to 16 MiB. Default: 1,000,000, as much as a client may send.</summary>
    public int MaxBodySize { get; set; } = 1_000_000;

    /// <summary>How many requests with one key this server handles at once; more are refused with 429. 1 to 10,000, default 256.</summary>
    public int MaxConcurrentRequests { get; set; } = 256;
}
