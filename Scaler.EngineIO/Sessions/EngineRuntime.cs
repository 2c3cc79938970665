using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Telemetry;
using Scaler.EngineIO.Timing;

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
        Clock = new DeadlineClock(time, exception => LogDeadlineThrew(logger, LogText.Escape(exception)));
        PingDeadlines = Clock.CreateList(options.PingInterval);
        PongDeadlines = Clock.CreateList(options.PingTimeout);
        ClientPingDeadlines = Clock.CreateList(options.PingInterval + options.PingTimeout);
        UpgradeDeadlines = Clock.CreateList(options.UpgradeTimeout);
        NoopDeadlines = Clock.CreateList(NoopInterval);
        RequestBodyDeadlines = Clock.CreateList(options.RequestBodyTimeout);
        CloseDeadlines = Clock.CreateList(options.CloseTimeout);
        RetentionDeadlines = Clock.CreateList(options.ClosedSessionRetention);
        BroadcastScheduler = writesAreSends ? new BroadcastScheduler() : null;
        QueuedBytes = new QueuedBytesGuard(options, Table, logger, time);
        Capacity = new ServerCapacity(options, Table, QueuedBytes, logger, time);
        OpenPacketDelay = new OpenPacketDelay(options.OpenPacketDelay, time);
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
    public PendingCallCounter PendingCloseNotifications { get; } = new();

    /// <summary>Gets the component that closes sessions whose queue overflowed during a broadcast.</summary>
    public OverflowCloser OverflowCloser { get; } = new();

    public DeadlineClock Clock { get; }

    public DeadlineList PingDeadlines { get; }

    public DeadlineList PongDeadlines { get; }

    public DeadlineList ClientPingDeadlines { get; }

    public DeadlineList UpgradeDeadlines { get; }

    public DeadlineList NoopDeadlines { get; }

    public DeadlineList RequestBodyDeadlines { get; }

    public DeadlineList CloseDeadlines { get; }

    public DeadlineList RetentionDeadlines { get; }

    public OpenPacketDelay OpenPacketDelay { get; }

    public QueuedBytesGuard QueuedBytes { get; }

    public ServerCapacity Capacity { get; }

    /// <summary>Gets the writer of broadcasts, or <see langword="null"/> if the transport sends on threads of its own.</summary>
    public BroadcastScheduler? BroadcastScheduler { get; }

    /// <inheritdoc cref="EngineServer.AcceptsHandshakes"/>
    public bool AcceptsHandshakes { get; set; } = true;

    public bool AllowsPolling { get; }

    public bool AllowsWebSocket { get; }

    public bool AllowsUpgrades => Options.AllowUpgrades && AllowsPolling && AllowsWebSocket;

    /// <summary>Creates the open packet of a session.</summary>
    public OpenPacket CreateOpenPacket(EngineSession session) => new(
        session.Id,
        session.Transport == EngineTransport.Polling && AllowsUpgrades,
        Options.PingInterval,
        Options.PingTimeout,
        Options.MaxPayload);

    /// <summary>Counts an exceeded limit and notifies the application. Must not be called under a lock.</summary>
    public void ReportLimitReached(EngineLimit limit, EngineSession? session, HttpContext? context = null)
    {
        Metrics.LimitReached(limit);
        try
        {
            Options.OnLimitReached?.Invoke(new EngineLimitReached(limit, session, context));
        }
        catch (Exception exception)
        {
            LogHookThrew(Logger, LogText.Escape(exception), limit);
        }
    }

    [LoggerMessage(30, LogLevel.Error, "OnLimitReached threw an exception for the limit {Limit}.")]
    private static partial void LogHookThrew(ILogger logger, Exception exception, EngineLimit limit);

    [LoggerMessage(32, LogLevel.Error, "A deadline threw an exception. Other deadlines are not affected.")]
    private static partial void LogDeadlineThrew(ILogger logger, Exception exception);

    public void Dispose()
    {
        QueuedBytes.Dispose();
        Clock.Dispose();
        OpenPacketDelay.Dispose();
        Metrics.Dispose();
    }
}
