namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a resource that listens.</summary>
public interface IResourceWithEndpoints : IResource;
