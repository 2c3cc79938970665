using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Telemetry;

namespace Scaler.EngineIO.Sessions;

/// <summary>Holds the state and services that all sessions of a server share.</summary>
internal sealed partial class EngineRuntime : IDisposable
{
    /// <summary>The interval at which held polls are released during an upgrade.</summary>
    private static readonly TimeSpan NoopInterval = TimeSpan.FromMilliseconds(100);

    public EngineRuntime(
        EngineIOOptions options, IEngineHandler handler, TimeProvider time, EngineMetrics metrics, ILogger logger, bool writesAreSends = false)
    {
        Options = options;
        Handler = handler;
        Time = time;
        Metrics = metrics;
        Logger = logger;
        Clock = new DeadlineClock(time);
        PingDue = Clock.CreateList(options.PingInterval);
        PongDue = Clock.CreateList(options.PingTimeout);
        ClientPingDue = Clock.CreateList(options.PingInterval + options.PingTimeout);
        UpgradeDue = Clock.CreateList(options.UpgradeTimeout);
        NoopDue = Clock.CreateList(NoopInterval);
        CloseDue = Clock.CreateList(options.CloseTimeout);
        RetentionDue = Clock.CreateList(options.ClosedSessionRetention);
        SharedWriter = writesAreSends ? new SharedWriter() : null;
        OpenPause = new OpenPause(options.OpenPacketDelay, time);
        AllowsPolling = options.Transports?.Contains("polling") ?? true;
        AllowsWebSocket = options.Transports?.Contains("websocket") ?? true;
    }

    public EngineIOOptions Options { get; }

    public IEngineHandler Handler { get; }

    public TimeProvider Time { get; }

    public EngineMetrics Metrics { get; }

    public ILogger Logger { get; }

    public SessionTable Table { get; } = new();

    /// <summary>
    /// Gets the counter of ended sessions whose <see cref="IEngineHandler.OnClosedAsync"/> call has not completed.
    /// </summary>
    public PendingCalls Farewells { get; } = new();

    /// <summary>Gets the component that closes sessions whose queue overflowed during a broadcast.</summary>
    public SessionOverflow Overflow { get; } = new();

    public DeadlineClock Clock { get; }

    public DeadlineList PingDue { get; }

    public DeadlineList PongDue { get; }

    public DeadlineList ClientPingDue { get; }

    public DeadlineList UpgradeDue { get; }

    public DeadlineList NoopDue { get; }

    public DeadlineList CloseDue { get; }

    public DeadlineList RetentionDue { get; }

    public OpenPause OpenPause { get; }

    /// <summary>Gets the writer of broadcasts, or <see langword="null"/> if the transport sends on threads of its own.</summary>
    public SharedWriter? SharedWriter { get; }

    public bool AllowsPolling { get; }

    public bool AllowsWebSocket { get; }

    public bool AllowsUpgrade => Options.AllowUpgrades && AllowsPolling && AllowsWebSocket;

    /// <summary>Creates the open packet of a session.</summary>
    public OpenPacket OpenPacket(EngineSession session) => new(
        session.Id,
        session.Transport == EngineTransport.Polling && AllowsUpgrade,
        Options.PingInterval,
        Options.PingTimeout,
        Options.MaxPayload);

    /// <summary>Counts an exceeded limit and notifies the application. Must not be called under a lock.</summary>
    public void LimitReached(EngineLimit limit, EngineSession? session, HttpContext? context = null)
    {
        Metrics.LimitReached(limit);
        try
        {
            Options.OnLimitReached?.Invoke(new EngineLimitReached(limit, session, context));
        }
        catch (Exception exception)
        {
            LogHookThrew(Logger, exception, limit);
        }
    }

    [LoggerMessage(30, LogLevel.Error, "OnLimitReached threw an exception for the limit {Limit}.")]
    private static partial void LogHookThrew(ILogger logger, Exception exception, EngineLimit limit);

    public void Dispose()
    {
        Clock.Dispose();
        OpenPause.Dispose();
        Metrics.Dispose();
    }
}
