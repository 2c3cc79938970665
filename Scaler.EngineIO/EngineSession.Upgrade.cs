using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private WebSocketConnection? _socket;
    private UpgradeAttempt? _upgrade;

    /// <summary>
    /// Gets a value indicating whether an upgrade to WebSocket is in progress. It is read under the lock, so a caller that reads
    /// <see langword="false"/> after an upgrade sees its result.
    /// </summary>
    internal bool IsUpgrading
    {
        get
        {
            lock (_gate)
            {
                return _upgrade is not null;
            }
        }
    }

    /// <summary>Sets the WebSocket of a session that starts with this transport.</summary>
    internal void Attach(WebSocketConnection socket)
    {
        lock (_gate)
        {
            _socket = socket;
        }
    }

    /// <summary>Lets the WebSocket drain the queue, after its handshake is complete.</summary>
    internal void StartDraining(WebSocketConnection socket)
    {
        lock (_gate)
        {
            _drain = socket;
        }

        socket.OutputAvailable();
    }

    /// <summary>Starts an upgrade to a WebSocket.</summary>
    /// <returns>
    /// The upgrade, or <see langword="null"/> if the session is not open, already uses a WebSocket, or has another upgrade in
    /// progress.
    /// </returns>
    internal UpgradeAttempt? TryBeginUpgrade(WebSocketConnection socket)
    {
        lock (_gate)
        {
            if (_state != EngineSessionState.Open || _transport != EngineTransport.Polling || _upgrade is not null)
            {
                return null;
            }

            _upgrade = new UpgradeAttempt(this, socket);
            _runtime.Clock.Arm(_upgrade, _runtime.UpgradeDeadlines);
            return _upgrade;
        }
    }

    /// <summary>Handles the probe packet of an upgrade.</summary>
    /// <returns><see langword="false"/> if the upgrade is no longer current; otherwise, <see langword="true"/>.</returns>
    internal bool TryProbe(UpgradeAttempt upgrade)
    {
        lock (_gate)
        {
            if (_upgrade != upgrade)
            {
                return false;
            }

            upgrade.MarkProbed();
        }

        ReleasePollForUpgrade(upgrade);
        return true;
    }

    /// <summary>Releases a held poll, so that the client can continue its upgrade.</summary>
    internal void ReleasePollForUpgrade(UpgradeAttempt upgrade)
    {
        HeldPoll? poll;
        lock (_gate)
        {
            poll = _upgrade == upgrade && _poll is not null && upgrade.TryAcquireNoop() ? _poll : null;
        }

        poll?.ReleaseForUpgrade();
    }

    /// <summary>
    /// Completes an upgrade when the upgrade packet arrives. The WebSocket drains the queue in order, and a poll that is still
    /// held is answered with a noop packet.
    /// </summary>
    /// <returns>
    /// A task that completes when the last polling payload has been handled, or <see langword="null"/> if the upgrade is no
    /// longer current.
    /// </returns>
    internal Task? TryCompleteUpgrade(UpgradeAttempt upgrade, WebSocketConnection socket)
    {
        HeldPoll? poll;
        Task payloadEnded;
        lock (_gate)
        {
            if (_upgrade != upgrade || _state != EngineSessionState.Open)
            {
                return null;
            }

            upgrade.Disarm();
            _upgrade = null;
            poll = _poll;
            _poll = null;
            _transport = EngineTransport.WebSocket;
            _socket = socket;
            _drain = socket;
            _runtime.Metrics.SessionUpgraded();
            payloadEnded = _handlingPayload
                ? (_payloadEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }

        poll?.ReleaseForUpgrade();
        Log.Upgraded(_runtime.Logger, ConnectionId);
        _runtime.Metrics.UpgradeEnded("completed");
        Raise(Upgraded);
        return payloadEnded;
    }

    /// <summary>Drops a failed upgrade. Polling continues.</summary>
    internal void DropUpgrade(UpgradeAttempt upgrade, WebSocketCloseCode code, string cause)
    {
        lock (_gate)
        {
            if (_upgrade != upgrade)
            {
                return;
            }

            _upgrade = null;
        }

        upgrade.Drop(code, cause);
        Log.UpgradeDropped(_runtime.Logger, ConnectionId, cause);
        _runtime.Metrics.UpgradeEnded("dropped");
    }
}
