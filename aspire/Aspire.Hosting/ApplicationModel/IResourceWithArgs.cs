namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a resource that takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;
