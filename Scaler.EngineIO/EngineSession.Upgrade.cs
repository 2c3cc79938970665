using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private WebSocketConnection? _socket;
    private UpgradeAttempt? _upgrade;

    /// <summary>Whether a WebSocket tries to take the session over. Whoever learns that none does any more sees what came of it.</summary>
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

    /// <summary>The session's WebSocket, for one that begins with it.</summary>
    internal void Attach(WebSocketConnection socket)
    {
        lock (_gate)
        {
            _socket = socket;
        }
    }

    /// <summary>The handshake is over: the WebSocket may send.</summary>
    internal void StartDraining(WebSocketConnection socket)
    {
        lock (_gate)
        {
            _drain = socket;
        }

        socket.OutputAvailable();
    }

    /// <summary>A WebSocket names this session; null when it has one already, or another tries just now.</summary>
    internal UpgradeAttempt? TryBeginUpgrade(WebSocketConnection socket)
    {
        lock (_gate)
        {
            if (_state != EngineSessionState.Open || _transport != EngineTransport.Polling || _upgrade is not null)
            {
                return null;
            }

            _upgrade = new UpgradeAttempt(this, socket);
            _runtime.Clock.Arm(_upgrade, _runtime.UpgradeDue);
            return _upgrade;
        }
    }

    /// <summary>The probe has arrived; false when the attempt is no longer the session's.</summary>
    internal bool Probe(UpgradeAttempt upgrade)
    {
        lock (_gate)
        {
            if (_upgrade != upgrade)
            {
                return false;
            }

            upgrade.Probed();
        }

        ReleasePollForUpgrade(upgrade);
        return true;
    }

    /// <summary>Ends a held poll, so that the client can go on with its upgrade.</summary>
    internal void ReleasePollForUpgrade(UpgradeAttempt upgrade)
    {
        PollWaiter? poll;
        lock (_gate)
        {
            poll = _upgrade == upgrade && _poll is not null && upgrade.TakeNoop() ? _poll : null;
        }

        poll?.ReleaseForUpgrade();
    }

    /// <summary>
    /// The upgrade packet has arrived: the WebSocket becomes the drain. What is queued leaves through it, in order; a poll that is
    /// still held is answered with a noop. Null when the attempt is no longer the session's; otherwise a task that is done when the
    /// last polled payload is.
    /// </summary>
    internal Task? CompleteUpgrade(UpgradeAttempt upgrade, WebSocketConnection socket)
    {
        PollWaiter? poll;
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

    /// <summary>An upgrade has failed; polling goes on.</summary>
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
