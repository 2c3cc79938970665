namespace Scaler;

/// <summary>
/// Counts the error events of a server, raises them on its <see cref="ScalerErrors"/>, and logs those without a listener.
/// </summary>
internal sealed class ErrorReporter(
    ScalerErrors errors, ScalerMetrics metrics, UnhandledErrorLog unhandled, TimeProvider time, string serverId)
{
    public void Raise(string name, string? account, string? connectionId, params IReadOnlyList<string> arguments) =>
        Raise(name, account, connectionId, exception: null, arguments);

    public void Raise(
        string name, string? account, string? connectionId, Exception? exception, params IReadOnlyList<string> arguments)
    {
        metrics.ErrorRaised(name);
        var error = new ScalerError
        {
            Name = name,
            Arguments = arguments,
            At = time.GetUtcNow(),
            Server = serverId,
            Account = account,
            ConnectionId = connectionId,
            Exception = exception,
        };
        if (!errors.Raise(error, unhandled.ListenerThrew))
        {
            unhandled.Write(error);
        }
    }
}
