namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: what can be configured of a resource.</summary>
public static partial class ResourceBuilderExtensions;
