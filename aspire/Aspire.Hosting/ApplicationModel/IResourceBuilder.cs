namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: configures one resource.</summary>
/// <typeparam name="T">The kind of resource.</typeparam>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>The application that the resource belongs to.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }

    /// <summary>Attaches a fact to the resource. Aspire's also takes a behaviour for duplicates; here they are appended.</summary>
    /// <typeparam name="TAnnotation">The kind of fact.</typeparam>
    /// <param name="annotation">The fact.</param>
    /// <returns>This builder.</returns>
    IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation) where TAnnotation : IResourceAnnotation;
}
