using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Http;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Sockets;
using Scaler.EngineIO.Telemetry;

namespace Scaler.EngineIO;

/// <summary>The sessions of this process, and what concerns all of them.</summary>
public sealed class EngineServer : IDisposable
{
    private readonly EngineRuntime _runtime;
    private readonly EngineDispatcher _dispatcher;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private Task? _stopped;

    /// <summary>Creates a server; <c>AddEngineIO</c> does so in an application.</summary>
    /// <param name="options">The settings, read once.</param>
    /// <param name="handler">The application.</param>
    /// <param name="time">All deadlines are measured by it.</param>
    /// <param name="meterFactory">Makes the meter <c>Scaler.EngineIO</c>.</param>
    /// <param name="loggerFactory">Makes the logger <c>Scaler.EngineIO</c>.</param>
    /// <param name="lifetime">When given, all sessions are closed when the host stops.</param>
    /// <param name="transports">The web server's transports: with <c>UseDirectSockets</c> among them, broadcasts are shared among the cores.</param>
    public EngineServer(
        IOptions<EngineIOOptions> options, IEngineHandler handler, TimeProvider time, IMeterFactory meterFactory,
        ILoggerFactory loggerFactory, IHostApplicationLifetime? lifetime = null, IEnumerable<IConnectionListenerFactory>? transports = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(meterFactory);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        var logger = loggerFactory.CreateLogger("Scaler.EngineIO");
        _runtime = new EngineRuntime(
            options.Value, handler, time, new EngineMetrics(meterFactory), logger, transports?.OfType<DirectTransport>().Any() ?? false);
        _dispatcher = new EngineDispatcher(this, _runtime, loggerFactory);
        _stopping = lifetime?.ApplicationStopping.UnsafeRegister(static state => ((EngineServer)state!).HostStops(), this) ?? default;
    }

    /// <summary>How many sessions are open.</summary>
    public int Count => _runtime.Table.Count;

    /// <summary>The sessions that are open; a snapshot that moves on while it is read.</summary>
    public IEnumerable<EngineSession> Sessions => _runtime.Table.Open;

    /// <summary>
    /// Whether new sessions are taken. When false, handshakes are refused with 503 and the sessions that are open go on: for a
    /// server that is being drained. Default true; false once the host stops.
    /// </summary>
    public bool AcceptsHandshakes { get; set; } = true;

    internal EngineRuntime Runtime => _runtime;

    /// <summary>Finds an open session by its id.</summary>
    public bool TryGetSession(string sid, [NotNullWhen(true)] out EngineSession? session)
    {
        ArgumentNullException.ThrowIfNull(sid);
        if (_runtime.Table.TryGet(sid, out session) && session.State <= EngineSessionState.Open)
        {
            return true;
        }

        session = null;
        return false;
    }

    /// <summary>
    /// Closes all sessions, in batches over the first half of the budget so that their clients do not all come back at once.
    /// What has not ended when the budget is used up is cut off.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="budget">How long it may take.</param>
    /// <param name="cancellationToken">Uses the budget up at once.</param>
    public async Task CloseAllAsync(EngineCloseReason reason, TimeSpan budget, CancellationToken cancellationToken = default)
    {
        await new SessionsClosing(_runtime, reason, budget).RunAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _dispatcher.Dispose();
        _runtime.Dispose();
    }

    internal Task InvokeAsync(HttpContext context) => _dispatcher.InvokeAsync(context);

    /// <summary>
    /// The host stops. It waits for the requests that this ends, and <see cref="EngineShutdownService"/> for the task.
    /// </summary>
    internal Task StopAsync()
    {
        lock (_lock)
        {
            AcceptsHandshakes = false;
            return _stopped ??= Task.Run(CloseForStopAsync);
        }
    }

    private void HostStops()
    {
        AcceptsHandshakes = false;
        if (_runtime.Options.CloseOnHostStop)
        {
            _ = StopAsync();
        }
    }

    private async Task CloseForStopAsync()
    {
        var closing = new SessionsClosing(_runtime, EngineCloseReason.ServerShutdown, _runtime.Options.ShutdownBudget);
        // No connection may stall the host, not even one that belongs to no session any more.
        _ = closing.CutOffLaterAsync();
        await closing.RunAsync(CancellationToken.None);
    }
}
