using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's interface of the same name: where a project of the solution is.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The full path of the project file.</summary>
    string ProjectPath { get; }
}
