namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: a relation that the dashboard shows.</summary>
/// <param name="ResourceName">The other resource.</param>
/// <param name="Type">The kind of relation.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);
