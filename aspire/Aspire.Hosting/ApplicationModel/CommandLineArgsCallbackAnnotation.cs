namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: adds arguments when a process starts.</summary>
/// <param name="callback">Adds them.</param>
public class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds them.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}
