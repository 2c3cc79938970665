namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: a URL of a resource.</summary>
/// <param name="Name">The endpoint's name.</param>
/// <param name="Url">The URL.</param>
/// <param name="IsInternal">Whether it is shown in the details only.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    /// <summary>How it is shown.</summary>
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();

    /// <summary>Whether nothing answers there now.</summary>
    public bool IsInactive { get; init; }
}
