namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: one part of the application.</summary>
public interface IResource
{
    /// <summary>The name of the resource, unique in the application.</summary>
    string Name { get; }

    /// <summary>What is known of the resource: endpoints, environment, waits and so on.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
