namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: the base of all resources here.</summary>
/// <param name="name">The name, unique in the application.</param>
public abstract class Resource(string name) : IResource
{
    /// <inheritdoc />
    public virtual string Name { get; } = name;

    /// <inheritdoc />
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}
