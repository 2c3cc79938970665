namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a fact attached to a resource.</summary>
public interface IResourceAnnotation;
