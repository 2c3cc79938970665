namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;
