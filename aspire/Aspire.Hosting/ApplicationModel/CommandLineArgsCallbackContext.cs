namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: what a callback can add arguments to.</summary>
/// <param name="args">The arguments so far: strings, or values known later.</param>
/// <param name="cancellationToken">Ends with the start.</param>
public sealed class CommandLineArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    /// <summary>The arguments so far: strings, or values known later.</summary>
    public IList<object> Args { get; } = args;

    /// <summary>Ends with the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
