using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scaler.Cluster;
using StackExchange.Redis;

namespace Scaler;

/// <summary>
/// A server of the cluster: it takes connections at <see cref="ScalerOptions.Path"/>, registers each under its account, hands
/// received messages to the handlers of their event, and reaches any account wherever it is connected.
/// <example>
/// By itself:
/// <code>
/// await using var server = new ScalerServer(redis, new ScalerOptions());
/// server.On("error::connect", (key, value) => Console.WriteLine($"{key} {value}"));
/// server.On&lt;string&gt;("chat", async (connection, text, ct) => await connection.Account.SendAsync("chat", text));
/// await server.ListenAsync(8080);
/// </code>
/// In an ASP.NET Core application: <c>builder.Services.AddScaler()</c> and <c>app.MapScaler()</c>.
/// </example>
/// </summary>
public sealed partial class ScalerServer : IAsyncDisposable
{
    private readonly EventRoutes _routes = new();
    private readonly ScalerOptions _options;
    private readonly TimeProvider _time;
    private readonly ScalerMetrics _metrics;

    /// <summary>Creates a server.</summary>
    /// <param name="redis">The Redis that the servers of the cluster share. It need not be connected yet.</param>
    /// <param name="options">How the server behaves.</param>
    /// <param name="loggers">Where the library logs what it does; error events are not logged but raised. Default: nowhere.</param>
    /// <param name="time">Where the time comes from. Default: the system's clock.</param>
    /// <param name="meters">What makes the meters. Default: meters that belong to nobody.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option cannot work.</exception>
    public ScalerServer(
        IConnectionMultiplexer redis, ScalerOptions? options = null, ILoggerFactory? loggers = null, TimeProvider? time = null, IMeterFactory? meters = null)
    {
        _options = options ?? new ScalerOptions();
        _time = time ?? TimeProvider.System;
        _metrics = new ScalerMetrics(meters);
        Cluster = new ScalerCluster(redis, _options, _time, _metrics);
        Cluster.BelongToServer();
        Local = new LocalAccounts(Cluster.Account);
        Cluster.Link.Local = Local;
        Membership = new Membership(Cluster.Link, Local, (loggers ?? NullLoggerFactory.Instance).CreateLogger<ScalerServer>());
        _metrics.Observe(Local, () => Membership.HoldsLease);
    }

    /// <summary>Creates a server, see the constructor.</summary>
    public static ScalerServer Create(IConnectionMultiplexer redis, ScalerOptions? options = null) => new(redis, options);

    /// <summary>The server's id, unique in the cluster.</summary>
    public string Id => Membership.ServerId;

    /// <summary>The cluster that it belongs to.</summary>
    public ScalerCluster Cluster { get; }

    /// <summary>What goes wrong, as events.</summary>
    public ScalerErrors Errors { get; } = new();

    /// <summary>The connected accounts, of all servers.</summary>
    public AccountQuery Accounts => Cluster.Accounts;

    /// <summary>The connections of this server, of about now.</summary>
    public IEnumerable<ScalerConnection> Connections => Local.All();

    /// <summary>How many connections this server holds.</summary>
    public int ConnectionCount => Local.Connections;

    internal ScalerOptions Options => _options;

    internal LocalAccounts Local { get; }

    internal Membership Membership { get; }

    internal ScalerMetrics Metrics => _metrics;

    /// <summary>An account, connected or not.</summary>
    public Account Account(string name) => Cluster.Account(name);

    /// <summary>Sends an event to every connection of every account.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <exception cref="NotSupportedException">An argument cannot be written as JSON.</exception>
    public Task<SendResult> BroadcastAsync(string eventName, params IReadOnlyList<object?> args) => Cluster.BroadcastAsync(eventName, args);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        await Membership.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    internal void Raise(string name, string? account, string? connectionId, params IReadOnlyList<string> arguments)
    {
        _metrics.ErrorRaised(name);
        Errors.Raise(new ScalerError
        {
            Name = name,
            Arguments = arguments,
            At = _time.GetUtcNow(),
            Server = Id,
            Account = account,
            ConnectionId = connectionId,
        });
    }
}
