using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using StackExchange.Redis;

namespace Scaler;

/// <summary>
/// Represents a server of the cluster. It accepts connections at <see cref="ScalerOptions.Path"/> and registers each under its
/// account. It dispatches received messages to the handlers of their event, and sends to accounts connected to any server.
/// <example>
/// Standalone:
/// <code>
/// await using var server = new ScalerServer(redis, new ScalerOptions());
/// server.On("error::connect", (key, value) => Console.WriteLine($"{key} {value}"));
/// server.On&lt;string&gt;("chat", async (connection, text, ct) => await connection.Account.SendAsync("chat", text, ct));
/// await server.ListenAsync(8080);
/// </code>
/// In an ASP.NET Core application: <c>builder.Services.AddScaler()</c> and <c>app.MapScaler()</c>.
/// </example>
/// </summary>
public sealed partial class ScalerServer : IAsyncDisposable
{
    private readonly EventRouteTable _routes = new();
    private readonly ScalerOptions _options;
    private readonly ILoggerFactory? _ownLoggers;

    /// <summary>Creates a server.</summary>
    /// <param name="redis">
    /// The connection to the Redis instance that the servers of the cluster share. It need not be connected yet.
    /// </param>
    /// <param name="options">The options. The default is a new <see cref="ScalerOptions"/>.</param>
    /// <param name="loggers">
    /// The logger factory. The default writes warnings and errors to the console; <see cref="NullLoggerFactory"/> writes nothing.
    /// Error events are raised on <see cref="Errors"/>, and are logged only if they have no listener.
    /// </param>
    /// <param name="time">The time provider. The default is <see cref="TimeProvider.System"/>.</param>
    /// <param name="meters">The factory that creates the meter, or <see langword="null"/> to create it without a factory.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option has an invalid value.</exception>
    public ScalerServer(
        IConnectionMultiplexer redis, ScalerOptions? options = null, ILoggerFactory? loggers = null, TimeProvider? time = null,
        IMeterFactory? meters = null)
    {
        _options = options ?? new ScalerOptions();
        var clock = time ?? TimeProvider.System;
        var metrics = new ScalerMetrics(meters);
        _ownLoggers = loggers is null ? CreateConsoleLoggers() : null;
        Loggers = loggers ?? _ownLoggers!;
        Cluster = new ScalerCluster(redis, _options, clock, metrics, Local, Drain, Loggers);
        Membership = new ClusterMembership(Cluster.Node, Local, Drain, Loggers.CreateLogger<ScalerServer>());
        Reporter = new ErrorReporter(
            Errors, metrics, new UnhandledErrorLog(Loggers.CreateLogger<ScalerErrors>(), clock), clock, Id,
            _options.MaxErrorMessageLength);
        Messages = new MessageDispatcher(_routes, _options, metrics, Reporter);
        metrics.Observe(
            () => Local.ConnectionCount, () => Local.AccountCount, () => Membership.HoldsLease,
            () => Membership.Unreachable.Count);
    }

    /// <summary>Creates a server that logs warnings and errors to the console, with the system clock.</summary>
    /// <param name="redis">
    /// The connection to the Redis instance that the servers of the cluster share. It need not be connected yet.
    /// </param>
    /// <param name="options">The options. The default is a new <see cref="ScalerOptions"/>.</param>
    /// <returns>The server.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option has an invalid value.</exception>
    public static ScalerServer Create(IConnectionMultiplexer redis, ScalerOptions? options = null) => new(redis, options);

    /// <summary>Gets the server id, which is unique in the cluster.</summary>
    public string Id => Membership.ServerId;

    /// <summary>Gets the cluster that the server belongs to.</summary>
    public ScalerCluster Cluster { get; }

    /// <summary>Gets the error events of this server.</summary>
    public ScalerErrors Errors { get; } = new();

    /// <summary>Gets a query over the connected accounts of all servers.</summary>
    public AccountQuery Accounts => Cluster.Accounts;

    /// <summary>Gets the connections of this server. Each enumeration takes a snapshot when it starts.</summary>
    public IEnumerable<ScalerConnection> Connections => Local.GetConnections();

    /// <summary>Gets the number of connections of this server.</summary>
    public int ConnectionCount => Local.ConnectionCount;

    internal ScalerOptions Options => _options;

    internal ILoggerFactory Loggers { get; }

    internal LocalAccounts Local { get; } = new();

    internal DrainState Drain { get; } = new();

    internal ClusterMembership Membership { get; }

    internal ErrorReporter Reporter { get; }

    internal MessageDispatcher Messages { get; }

    /// <summary>Gets an account by name. The account need not be connected, and Redis is not contacted.</summary>
    /// <param name="name">The account name.</param>
    /// <returns>The account.</returns>
    public Account GetAccount(string name) => Cluster.GetAccount(name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        await Membership.DisposeAsync();
        await Cluster.DisposeAsync();
        Reporter.Dispose();
        _ownLoggers?.Dispose();
    }

    private static ILoggerFactory CreateConsoleLoggers() =>
        LoggerFactory.Create(static logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning));
}
