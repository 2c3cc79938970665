namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: a property that the dashboard shows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>Whether the value is hidden.</summary>
    public bool IsSensitive { get; init; }
}
