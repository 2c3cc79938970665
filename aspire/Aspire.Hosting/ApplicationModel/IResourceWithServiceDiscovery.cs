namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a resource that others find by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
