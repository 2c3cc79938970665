namespace Scaler.Admin.Services.Actions;

/// <summary>What was done through the dashboard: the last in memory, all of it in the log. Its lock guards the ring.</summary>
public sealed partial class AuditLog(TimeProvider time, ILogger<AuditLog> logger)
{
    /// <summary>How many entries are kept in memory.</summary>
    public const int Capacity = 500;

    private readonly Lock _gate = new();
    private readonly Queue<AuditEntry> _entries = new();

    /// <summary>Raised after an entry was added.</summary>
    public event Action? Changed;

    /// <summary>The entries, newest first.</summary>
    public IReadOnlyList<AuditEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Reverse()];
            }
        }
    }

    /// <summary>Adds an entry.</summary>
    public void Add(string who, string what, string target, ActionOutcome outcome, string result)
    {
        var entry = new AuditEntry(time.GetUtcNow(), who, what, target, outcome, result);
        lock (_gate)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > Capacity)
            {
                _entries.Dequeue();
            }
        }

        Log.Acted(logger, OneLine(who), OneLine(what), OneLine(target), outcome, OneLine(result));
        Changed?.Invoke();
    }

    // An account may hold line breaks, and a log of lines must not be made to say what did not happen.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who}: {What} ({Target}): {Outcome}: {Result}")]
        public static partial void Acted(ILogger logger, string who, string what, string target, ActionOutcome outcome, string result);
    }
}
