using System.Threading.Channels;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.EngineIO;

namespace Scaler.Admin.Services.Actions;

/// <summary>
/// Records the actions performed through the dashboard. Redis stores the latest entries, so they survive a restart and are
/// shared by several dashboards. Entries that are not yet written to Redis are buffered here. Every entry is also written to
/// the application log. The lock guards both lists and the write count.
/// </summary>
public sealed partial class AuditLog(IClusterView view, TimeProvider time, ILogger<AuditLog> logger) : BackgroundService
{
    /// <summary>The maximum number of entries kept.</summary>
    public const int Capacity = 1000;

    private const int MaxTextLength = 1024;

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Watchers _watchers = new(logger);
    private List<AuditEntry> _unwritten = [];
    private IReadOnlyList<AuditEntry> _written = [];
    private long _writes;

    /// <summary>
    /// Gets the entries known to this dashboard, newest first. Call <see cref="ReadAsync"/> to update them from Redis.
    /// </summary>
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

    /// <summary>Registers a callback that runs after an entry was added.</summary>
    /// <param name="changed">The callback.</param>
    /// <returns>A subscription that ends when it is disposed.</returns>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <summary>Adds an entry. It is written to Redis in the background.</summary>
    /// <param name="who">The description of the login.</param>
    /// <param name="what">The action.</param>
    /// <param name="target">The account or server that the action applies to.</param>
    /// <param name="outcome">The outcome.</param>
    /// <param name="result">The result message.</param>
    public void Add(string who, string what, string target, ActionOutcome outcome, string result)
    {
        (who, what, target, result) = (Escape(who), Escape(what), Escape(target), Escape(result));
        var entry = new AuditEntry(time.GetUtcNow(), who, what, target, outcome.ToString(), result);
        lock (_gate)
        {
            _unwritten.Add(entry);
            if (_unwritten.Count > Capacity)
            {
                _unwritten.RemoveAt(0);
            }
        }

        Log.Acted(logger, who, what, target, outcome, result);
        _signal.Writer.TryWrite(true);
        _watchers.Notify();
    }

    /// <summary>Reads the entries of all dashboards from Redis.</summary>
    /// <param name="cancellationToken">The token to cancel the operation.</param>
    /// <returns>The entries, newest first, including entries not yet written to Redis.</returns>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var writes = Writes;
            var written = await view.GetAuditAsync(Capacity, cancellationToken);
            lock (_gate)
            {
                // A write that completed during the read is missing from its result and no longer buffered, so read again.
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
                await Task.Delay(RetryDelay, time, stoppingToken);
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
            await view.AppendAuditAsync(writing, cancellationToken).WaitAsync(WriteTimeout, time, cancellationToken);
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

    // The texts name accounts, whose names clients choose.
    private static string Escape(string text) => LogText.Escape(text, MaxTextLength);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who}: {What} ({Target}): {Outcome}: {Result}")]
        public static partial void Acted(ILogger logger, string who, string what, string target, ActionOutcome outcome, string result);
    }
}
