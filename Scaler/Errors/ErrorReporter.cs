using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Counts the error events of a server, raises them on its <see cref="ScalerErrors"/>, and logs those without a listener. Their
/// arguments are escaped, because they contain text of clients that listeners log.
/// </summary>
internal sealed class ErrorReporter(
    ScalerErrors errors, ScalerMetrics metrics, UnhandledErrorLog unhandled, TimeProvider time, string serverId,
    int maxMessageLength)
    : IDisposable
{
    private const int MaxArgumentLength = 1024;

    /// <summary>Describes an exception of application code in an argument of an error event.</summary>
    public static string Describe(Exception exception) => $"{exception.GetType().Name}: {LogText.EscapeMessage(exception)}";

    public void Raise(string name, string? account, string? connectionId, params IReadOnlyList<string> arguments) =>
        Raise(name, account, connectionId, exception: null, arguments);

    public void Raise(
        string name, string? account, string? connectionId, Exception? exception, params IReadOnlyList<string> arguments)
    {
        metrics.ErrorRaised(name);
        var error = new ScalerError
        {
            Name = name,
            Arguments = [.. arguments.Select((text, index) => IsAccount(name, index) ? text : Escape(text))],
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

    public void Dispose() => unhandled.Dispose();

    // Listeners find the account by its name. It contains no control characters, see AccountName.
    private static bool IsAccount(string name, int index) =>
        index == 0 && name is (ErrorNames.Connect or ErrorNames.Disconnect or ErrorNames.Limit);

    private string Escape(string text) => LogText.Escape(text, Math.Max(MaxArgumentLength, maxMessageLength));
}
