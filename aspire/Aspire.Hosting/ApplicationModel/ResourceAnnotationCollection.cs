using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name; not safe for changes once the application runs.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;
