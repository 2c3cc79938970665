namespace Scaler.Stream.Api;

/// <summary>Options for the send API, from the configuration section <c>Scaler:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Scaler:Api";

    /// <summary>
    /// Gets the keys that give access to the API, with 32 characters or more each. Several keys allow rotation. The default is
    /// an empty list, which disables the API.
    /// </summary>
    public IList<string> Keys { get; init; } = [];

    /// <summary>
    /// Gets or sets the maximum size of a request body, in bytes. From 1 KiB to 16 MiB; the default is 1,000,000, which equals
    /// the default limit for messages of clients.
    /// </summary>
    public int MaxBodySize { get; set; } = 1_000_000;

    /// <summary>
    /// Gets or sets the maximum number of concurrent requests per key on this server. Further requests are refused with 429.
    /// From 1 to 10,000; the default is 256.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 256;
}
