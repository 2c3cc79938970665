using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace Scaler;

/// <summary>
/// Publishes the error events of this server to the cluster. While Redis is unavailable, the publisher buffers the last 1,000
/// events, and of one account the first 500. It publishes them afterwards with their original time and marks them as late.
/// </summary>
internal sealed class ErrorPublisher : BackgroundService
{
    private const int Batch = 100;
    private const int MaxQueuedPerAccount = ErrorLog.MaxEntries / 2;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _queuedPerAccount = [];
    private readonly Channel<ScalerError> _errors;
    private readonly ErrorLog _log;
    private readonly TimeProvider _time;

    public ErrorPublisher(ScalerErrors errors, ErrorLog log, TimeProvider time)
    {
        (_log, _time) = (log, time);
        _errors = Channel.CreateBounded<ScalerError>(
            new BoundedChannelOptions(ErrorLog.MaxEntries) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            OnDequeued);
        errors.Observed += Enqueue;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<ScalerError>(Batch);
        var late = false;
        var number = 0L;
        while (await _errors.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < Batch && _errors.Reader.TryRead(out var error))
            {
                OnDequeued(error);
                batch.Add(error);
            }

            number++;
            while (!await TryAppendAsync(late ? [.. batch.Select(e => e with { Late = true })] : batch, number))
            {
                late = true;
                await Task.Delay(Retry, _time, stoppingToken);
            }

            batch.Clear();
            late = late && _errors.Reader.Count > 0;
        }
    }

    private void Enqueue(ScalerError error)
    {
        var account = error.Account ?? "";
        lock (_lock)
        {
            var queued = _queuedPerAccount.GetValueOrDefault(account);
            if (queued >= MaxQueuedPerAccount)
            {
                return;
            }

            _queuedPerAccount[account] = queued + 1;
        }

        _errors.Writer.TryWrite(error);
    }

    private void OnDequeued(ScalerError error)
    {
        var account = error.Account ?? "";
        lock (_lock)
        {
            if (--_queuedPerAccount[account] == 0)
            {
                _queuedPerAccount.Remove(account);
            }
        }
    }

    private async Task<bool> TryAppendAsync(IReadOnlyList<ScalerError> errors, long number)
    {
        if (!_log.IsConnected)
        {
            return false;
        }

        try
        {
            await _log.AppendAsync(errors, number);
            return true;
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return false;
        }
    }
}
