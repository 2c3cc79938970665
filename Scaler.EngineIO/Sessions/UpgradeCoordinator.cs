using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Upgrades a session from polling to WebSocket: one attempt at a time, from the probe to the switch of the transport. Polling
/// continues if an attempt fails.
/// </summary>
internal sealed class UpgradeCoordinator(SessionLifecycle lifecycle, SendQueue queue, PollingExchange polling)
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly SendQueue _queue = queue;
    private readonly PollingExchange _polling = polling;
    private UpgradeAttempt? _current;

    public EngineRuntime Runtime => _lifecycle.Runtime;

    /// <summary>Gets a value indicating whether an upgrade is in progress. Called under the lock.</summary>
    public bool IsActive => _current is not null;

    /// <summary>Starts an attempt. Called under the lock.</summary>
    /// <returns>
    /// The attempt, or <see langword="null"/> if the session is not open, already uses a WebSocket, or has another upgrade in
    /// progress.
    /// </returns>
    public UpgradeAttempt? TryBegin(ISessionTransport webSocket)
    {
        if (_lifecycle.State != EngineSessionState.Open
            || _lifecycle.Transport != EngineTransport.Polling
            || _current is not null)
        {
            return null;
        }

        _current = new UpgradeAttempt(this, webSocket);
        Runtime.Clock.Arm(_current, Runtime.UpgradeDeadlines);
        return _current;
    }

    /// <summary>Determines whether a new poll is answered with a noop packet immediately. Called under the lock.</summary>
    public bool TryAcquireNoop() => _current?.TryAcquireNoop() == true;

    /// <summary>Handles the probe packet of an attempt.</summary>
    /// <returns><see langword="false"/> if the attempt is no longer current; otherwise, <see langword="true"/>.</returns>
    public bool TryProbe(UpgradeAttempt attempt)
    {
        lock (_lifecycle.Gate)
        {
            if (_current != attempt)
            {
                return false;
            }

            attempt.MarkProbed();
        }

        ReleasePoll(attempt);
        return true;
    }

    /// <summary>Releases a held poll, so that the client can continue its upgrade.</summary>
    public void ReleasePoll(UpgradeAttempt attempt)
    {
        HeldPoll? poll;
        lock (_lifecycle.Gate)
        {
            poll = _current == attempt && _polling.HeldPoll is not null && attempt.TryAcquireNoop() ? _polling.HeldPoll : null;
        }

        poll?.Release();
    }

    /// <summary>
    /// Completes an attempt when the upgrade packet arrives. The WebSocket sends the queued packets in order, and a poll that is
    /// still held is answered with a noop packet.
    /// </summary>
    /// <returns>
    /// A task that completes when the last polling payload has been handled, or <see langword="null"/> if the attempt is no
    /// longer current.
    /// </returns>
    public Task? TryComplete(UpgradeAttempt attempt, ISessionTransport webSocket)
    {
        HeldPoll? poll;
        Task payloadEnded;
        lock (_lifecycle.Gate)
        {
            if (_current != attempt || _lifecycle.State != EngineSessionState.Open)
            {
                return null;
            }

            attempt.Disarm();
            _current = null;
            poll = _polling.RemoveHeldPoll();
            payloadEnded = _polling.Posts.WaitForPayloadAsync();
            _lifecycle.Upgrade(webSocket);
            _queue.SetTransport(webSocket);
            Runtime.Metrics.SessionUpgraded();
        }

        poll?.Release();
        SessionLog.Upgraded(Runtime.Logger, _lifecycle.Session.ConnectionId);
        Runtime.Metrics.UpgradeEnded("completed");
        _lifecycle.Session.RaiseUpgraded();
        return payloadEnded;
    }

    /// <summary>Drops a failed attempt. Polling continues.</summary>
    public void Drop(UpgradeAttempt attempt, WebSocketCloseCode code, string cause)
    {
        lock (_lifecycle.Gate)
        {
            if (_current != attempt)
            {
                return;
            }

            _current = null;
        }

        attempt.Close(code, cause);
        SessionLog.UpgradeDropped(Runtime.Logger, _lifecycle.Session.ConnectionId, cause);
        Runtime.Metrics.UpgradeEnded("dropped");
    }

    /// <summary>Ends the current attempt because the session ends. Called under the lock.</summary>
    /// <returns>The attempt to close after the lock is released, or <see langword="null"/>.</returns>
    public UpgradeAttempt? Stop()
    {
        var attempt = _current;
        _current = null;
        return attempt;
    }
}
