namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a resource that can wait for others.</summary>
public interface IResourceWithWaitSupport : IResource;
