using System.Threading.Channels;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Services.Actions;

/// <summary>
/// What was done through the dashboard. Redis keeps the last of it, so that it survives the dashboard and several dashboards share
/// it; what Redis could not take yet waits here; all of it goes to the log. Its lock guards both lists and the count of writes.
/// </summary>
public sealed partial class AuditLog(IClusterView view, TimeProvider time, ILogger<AuditLog> logger) : BackgroundService
{
    /// <summary>How many entries are kept.</summary>
    public const int Capacity = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Watchers _watchers = new(logger);
    private List<AuditEntry> _unwritten = [];
    private IReadOnlyList<AuditEntry> _written = [];
    private long _writes;

    /// <summary>The entries as far as they are known here, newest first.</summary>
    public IReadOnlyList<AuditEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _unwritten.AsEnumerable().Reverse().Concat(_written).Distinct().Take(Capacity)];
            }
        }
    }

    /// <summary>Calls back after an entry was added, until the result is disposed.</summary>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <summary>Adds an entry.</summary>
    public void Add(string who, string what, string target, ActionOutcome outcome, string result)
    {
        var entry = new AuditEntry(time.GetUtcNow(), who, what, target, outcome.ToString(), result);
        lock (_gate)
        {
            _unwritten.Add(entry);
            if (_unwritten.Count > Capacity)
            {
                _unwritten.RemoveAt(0);
            }
        }

        Log.Acted(logger, OneLine(who), OneLine(what), OneLine(target), outcome, OneLine(result));
        _signal.Writer.TryWrite(true);
        _watchers.Notify();
    }

    /// <summary>Reads what Redis keeps, of this dashboard and of others.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var writes = Writes;
            var written = await view.GetAuditAsync(Capacity, cancellationToken);
            lock (_gate)
            {
                // What was read before a write and comes after it lacks what was written, which waits here no more: it is read again.
                if (writes == _writes)
                {
                    _written = written;
                    break;
                }
            }
        }

        return Entries;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            _signal.Reader.TryRead(out _);
            while (!await TryWriteAsync(stoppingToken))
            {
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    private long Writes
    {
        get
        {
            lock (_gate)
            {
                return _writes;
            }
        }
    }

    private async Task<bool> TryWriteAsync(CancellationToken cancellationToken)
    {
        List<AuditEntry> writing;
        lock (_gate)
        {
            writing = [.. _unwritten];
        }

        try
        {
            await view.AppendAuditAsync(writing, cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception) when (Outage.IsOutage(exception))
        {
            return false;
        }

        lock (_gate)
        {
            _written = [.. writing.AsEnumerable().Reverse().Concat(_written.Except(writing)).Take(Capacity)];
            _unwritten = [.. _unwritten.Except(writing)];
            _writes++;
        }

        return true;
    }

    // An account may hold line breaks, and a log of lines must not be made to say what did not happen.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who}: {What} ({Target}): {Outcome}: {Result}")]
        public static partial void Acted(ILogger logger, string who, string what, string target, ActionOutcome outcome, string result);
    }
}
