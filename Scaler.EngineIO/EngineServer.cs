using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Http;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Telemetry;

namespace Scaler.EngineIO;

/// <summary>Represents an Engine.IO server: the sessions of this process, and the operations that affect all of them.</summary>
public sealed class EngineServer : IDisposable
{
    private readonly EngineRuntime _runtime;
    private readonly EngineDispatcher _dispatcher;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private Task? _stopped;

    /// <summary>Initializes a new instance. Applications use <c>AddEngineIO</c> instead.</summary>
    /// <param name="options">The options, which are read once.</param>
    /// <param name="handler">The application's handler.</param>
    /// <param name="time">The time provider for all deadlines.</param>
    /// <param name="meterFactory">The factory that creates the meter <c>Scaler.EngineIO</c>.</param>
    /// <param name="loggerFactory">The factory that creates the logger <c>Scaler.EngineIO</c>.</param>
    /// <param name="lifetime">
    /// The host's lifetime, or <see langword="null"/> if sessions are not closed when the host stops.
    /// </param>
    /// <param name="transports">
    /// The transports of the web server. If they include an <see cref="IInlineSendTransport"/>, the writes of a broadcast are spread
    /// over the cores.
    /// </param>
    /// <exception cref="OptionsValidationException">The options are invalid.</exception>
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
            options.Value, handler, time, new EngineMetrics(meterFactory), logger, transports?.OfType<IInlineSendTransport>().Any() ?? false);
        _dispatcher = new EngineDispatcher(_runtime);
        _stopping = lifetime?.ApplicationStopping.UnsafeRegister(static state => ((EngineServer)state!).OnHostStopping(), this) ?? default;
    }

    /// <summary>Gets the number of open sessions.</summary>
    public int Count => _runtime.Table.Count;

    /// <summary>Gets the open sessions. The enumeration is lazy and reflects sessions that open or close meanwhile.</summary>
    public IEnumerable<EngineSession> Sessions => _runtime.Table.OpenSessions;

    /// <summary>
    /// Gets or sets a value indicating whether new sessions are accepted. If <see langword="false"/>, handshakes are refused with
    /// status 503 and open sessions continue, which drains the server. Default: <see langword="true"/>; <see langword="false"/>
    /// once the host begins to stop.
    /// </summary>
    public bool AcceptsHandshakes
    {
        get => _runtime.AcceptsHandshakes;
        set => _runtime.AcceptsHandshakes = value;
    }

    /// <summary>
    /// Gets a value indicating whether the server is full: a limit of the server as a whole is reached, or refused a handshake
    /// with status 503 within the last 5 s (<see cref="EngineIOOptions.MaxSessions"/>,
    /// <see cref="EngineIOOptions.MaxTotalQueuedBytes"/>, <see cref="EngineIOOptions.MaxOpenFiles"/>, or the web server's limit
    /// on WebSockets).
    /// </summary>
    public bool IsFull => _runtime.Capacity.IsExceeded;

    internal EngineRuntime Runtime => _runtime;

    /// <summary>Gets an open session by its id.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="session">The session, or <see langword="null"/> if there is no open session with this id.</param>
    /// <returns><see langword="true"/> if the session was found; otherwise, <see langword="false"/>.</returns>
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
    /// Closes all sessions, in batches over the first half of the budget, so that clients do not all reconnect at once.
    /// Connections that are still open at the end of the budget are aborted.
    /// </summary>
    /// <param name="reason">The reason for closing the sessions.</param>
    /// <param name="budget">The maximum duration.</param>
    /// <param name="cancellationToken">A token that ends the budget immediately. Cancellation does not throw.</param>
    /// <returns>A task that completes when all sessions are closed or the budget is used up.</returns>
    public async Task CloseAllAsync(EngineCloseReason reason, TimeSpan budget, CancellationToken cancellationToken = default)
    {
        await new ShutdownCloser(_runtime, reason, budget).RunAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _dispatcher.Dispose();
        _runtime.Dispose();
    }

    /// <summary>Handles a request as the endpoint does. Applications map the endpoint with <c>MapEngineIO</c>.</summary>
    /// <param name="context">The request.</param>
    /// <returns>A task that completes when the request is answered or its WebSocket is handed over.</returns>
    public Task InvokeAsync(HttpContext context) => _dispatcher.InvokeAsync(context);

    /// <summary>
    /// Starts to close all sessions because the host stops. The host waits for the requests that end as a result, and
    /// <see cref="EngineShutdownService"/> waits for the returned task.
    /// </summary>
    internal Task StopAsync()
    {
        lock (_lock)
        {
            AcceptsHandshakes = false;
            return _stopped ??= Task.Run(CloseForStopAsync);
        }
    }

    private void OnHostStopping()
    {
        AcceptsHandshakes = false;
        if (_runtime.Options.CloseOnHostStop)
        {
            _ = StopAsync();
        }
    }

    private async Task CloseForStopAsync()
    {
        var closing = new ShutdownCloser(_runtime, EngineCloseReason.ServerShutdown, _runtime.Options.ShutdownBudget);
        // No connection may delay the host's shutdown, including a connection whose session has already ended.
        _ = closing.AbortAfterBudgetAsync();
        await closing.RunAsync(CancellationToken.None);
    }
}
