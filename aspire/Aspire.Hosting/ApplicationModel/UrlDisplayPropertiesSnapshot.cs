namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: how a URL is shown.</summary>
/// <param name="DisplayName">What is shown in its place.</param>
/// <param name="SortOrder">The higher, the further in front.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);
