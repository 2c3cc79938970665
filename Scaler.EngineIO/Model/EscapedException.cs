namespace Scaler.EngineIO;

/// <summary>Represents an exception in a log entry, with the escaped messages of the original and its stack.</summary>
internal sealed class EscapedException(Exception original) : Exception(
    LogText.EscapeMessage(original), original.InnerException is { } inner ? LogText.Escape(inner) : null)
{
    public override string? StackTrace => original.StackTrace;

    public override string ToString()
    {
        var inner = InnerException is null
            ? "" : $" ---> {InnerException}{Environment.NewLine}   --- End of inner exception stack trace ---";
        return $"{original.GetType()}: {Message}{inner}{Environment.NewLine}{StackTrace}";
    }
}
