namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: adds environment variables when a process starts.</summary>
/// <param name="callback">Adds them.</param>
public class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds them.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}
