namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a project of the solution, run as one or more processes.</summary>
/// <param name="name">The name, unique in the application.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;
