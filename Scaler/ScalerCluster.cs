using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.Cluster.Node;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;
using Scaler.Cluster.Redis.Registry;
using Scaler.Cluster.Wire;
using StackExchange.Redis;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler;

/// <summary>
/// Represents the cluster: its connected accounts, its error events, and operations on accounts connected to any server. Each
/// server exposes one as <see cref="ScalerServer.Cluster"/>. A process that accepts no client connections can create its own.
/// </summary>
public sealed partial class ScalerCluster : IAccountClient, IAsyncDisposable
{
    private readonly IConnectionMultiplexer _redis;
    private readonly ErrorLog _errors;
    private readonly AuditTrail _audit;
    private readonly NodeReadiness _readiness;

    /// <summary>Creates a view of the cluster for a process that accepts no client connections.</summary>
    /// <param name="redis">The connection to the Redis instance that the servers share.</param>
    /// <param name="options">
    /// The options. <see cref="ScalerOptions.Prefix"/> and <see cref="ScalerClusterOptions.Secret"/> must equal those of the
    /// servers.
    /// </param>
    /// <param name="time">The time provider. The default is <see cref="TimeProvider.System"/>.</param>
    /// <param name="meters">The factory that creates the meter, or <see langword="null"/> to create it without a factory.</param>
    /// <exception cref="OptionsValidationException">An option has an invalid value.</exception>
    public ScalerCluster(
        IConnectionMultiplexer redis, ScalerOptions? options = null, TimeProvider? time = null, IMeterFactory? meters = null)
        : this(redis, options ?? new ScalerOptions(), time ?? TimeProvider.System, new ScalerMetrics(meters), null, null, null)
    {
    }

    /// <summary>
    /// Creates the view of a server, which agrees on the secret and subscribes under its own epoch. Without connections, it is the
    /// view of another process.
    /// </summary>
    internal ScalerCluster(
        IConnectionMultiplexer redis, ScalerOptions options, TimeProvider time, ScalerMetrics metrics, ILocalDelivery? connections,
        DrainState? drain, ILoggerFactory? loggers)
    {
        ArgumentNullException.ThrowIfNull(redis);
        var valid = new ScalerOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(ScalerOptions.Section, typeof(ScalerOptions), valid.Failures);
        }

        ArgumentTypes.Freeze(options.Json);
        _redis = redis;
        var keys = new RedisKeys(options.Prefix);
        Node = new ClusterNode(
            new RedisServerRegistry(redis, keys), new RedisMessageBus(redis, keys, metrics, options: options.Redis),
            options, time, metrics, NodeEpoch.CreateOutside(), connections, drain, loggers);
        _readiness = new NodeReadiness(Node, redis, isServer: connections is not null);
        _errors = new ErrorLog(redis, keys);
        _audit = new AuditTrail(redis, keys);
    }

    internal ClusterNode Node { get; }

    internal ErrorLog Errors => _errors;

    /// <summary>Gets the endpoints of Redis.</summary>
    internal IReadOnlyCollection<EndPoint> RedisEndpoints => _redis.GetEndPoints();

    /// <summary>Gets the options with which arguments are serialized.</summary>
    internal JsonSerializerOptions Json => Node.Options.Json;

    /// <summary>Gets a query over the connected accounts.</summary>
    public AccountQuery Accounts => new(this);

    /// <summary>Gets an account by name. The account need not be connected, and Redis is not contacted.</summary>
    /// <param name="name">The account name.</param>
    /// <returns>The account.</returns>
    public Account GetAccount(string name) => new(this, name);

    /// <summary>Closes all connections of an account. Waits for receipts from the servers.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The disconnect itself may still complete.</param>
    /// <returns>The number of connections closed, and the servers reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="account"/> is null or empty.</exception>
    public Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken = default) =>
        DisconnectAsync(new DeliveryTarget(account), cancellationToken);

    /// <summary>Closes one connection of an account. Waits for receipts from the servers.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="connectionId">The public id of the connection.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The disconnect itself may still complete.</param>
    /// <returns>The result. <see cref="SendResult.Connections"/> is 1 if the connection was found; otherwise, 0.</returns>
    /// <exception cref="ArgumentException"><paramref name="account"/> is null or empty.</exception>
    public Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken = default) =>
        DisconnectAsync(new DeliveryTarget(account, connectionId), cancellationToken);

    /// <summary>
    /// Gets the current activity of an account's connections from the servers that hold them, at most 1,000 connections per
    /// server. The result omits servers that do not answer within <see cref="ScalerClusterOptions.ReceiptTimeout"/>.
    /// </summary>
    /// <param name="account">The account name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The activity of each connection.</returns>
    /// <exception cref="ArgumentException"><paramref name="account"/> is null or empty.</exception>
    /// <exception cref="RedisException">Redis could not deliver the query to the servers.</exception>
    /// <exception cref="TimeoutException">Redis did not answer within <see cref="ScalerClusterOptions.SendTimeout"/>.</exception>
    public async Task<IReadOnlyList<ConnectionActivity>> GetActivityAsync(
        string account, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        await _readiness.WaitAsync(receipts: true);
        return await Node.RequestActivityAsync(account, cancellationToken);
    }

    /// <summary>
    /// Requests that a server drains. The server fails its readiness check, rejects new clients, and closes its connections in
    /// batches over <see cref="ScalerClusterOptions.DrainBudget"/>. The server keeps running and keeps its lease, in state
    /// <see cref="ServerState.Draining"/>, until it is stopped or until <see cref="ResumeAsync"/> is called for it.
    /// </summary>
    /// <param name="serverId">The server id.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer. The server may still drain.</param>
    /// <returns>The answer of the server.</returns>
    /// <exception cref="ArgumentException"><paramref name="serverId"/> is null or empty.</exception>
    /// <exception cref="RedisException">Redis could not deliver the request.</exception>
    public Task<ServerRequestResult> DrainAsync(string serverId, CancellationToken cancellationToken = default) =>
        AskDrainAsync(serverId, drain: true, cancellationToken);

    /// <summary>Requests that a server drained by <see cref="DrainAsync"/> accepts clients again.</summary>
    /// <param name="serverId">The server id.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer. The server may still resume.</param>
    /// <returns>The answer of the server.</returns>
    /// <exception cref="ArgumentException"><paramref name="serverId"/> is null or empty.</exception>
    /// <exception cref="RedisException">Redis could not deliver the request.</exception>
    public Task<ServerRequestResult> ResumeAsync(string serverId, CancellationToken cancellationToken = default) =>
        AskDrainAsync(serverId, drain: false, cancellationToken);

    /// <summary>Gets the most recent error events, newest first. The cluster keeps the last 1,000 for 7 days.</summary>
    /// <param name="take">The maximum number of events, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1.</exception>
    /// <exception cref="RedisException">Redis could not be read.</exception>
    public Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(
        int take = 1000, CancellationToken cancellationToken = default) =>
        _errors.ReadAsync(take).WaitAsync(cancellationToken);

    /// <summary>
    /// Streams error events as they are published. If the reader falls behind by more than 10,000 events, the oldest events are
    /// dropped. The sequence ends when the subscription to Redis is restored after an outage. Read the events published during
    /// the outage with <see cref="GetRecentErrorsAsync"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the sequence.</param>
    /// <returns>The events.</returns>
    public IAsyncEnumerable<ScalerError> WatchErrorsAsync(CancellationToken cancellationToken = default) =>
        _errors.WatchAsync(cancellationToken);

    /// <summary>Appends manual operations to the audit trail. The cluster keeps the last 1,000 entries for 90 days.</summary>
    /// <param name="entries">The operations, oldest first.</param>
    /// <param name="cancellationToken">Cancels the wait. The entries may still be written.</param>
    /// <returns>A task that completes when the entries are written.</returns>
    /// <exception cref="RedisException">The entries could not be written.</exception>
    public Task AppendAuditAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return _audit.AppendAsync(entries).WaitAsync(cancellationToken);
    }

    /// <summary>Gets the entries written by <see cref="AppendAuditAsync"/>, newest first.</summary>
    /// <param name="take">The maximum number of entries, from 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The entries.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1 or greater than 1,000.</exception>
    /// <exception cref="RedisException">Redis could not be read.</exception>
    public Task<IReadOnlyList<AuditEntry>> GetAuditAsync(int take = 1000, CancellationToken cancellationToken = default) =>
        _audit.ReadAsync(take).WaitAsync(cancellationToken);

    /// <summary>Measures the round-trip time to Redis with a PING command.</summary>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The round-trip time.</returns>
    /// <exception cref="RedisException">Redis did not answer.</exception>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) =>
        _redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _readiness.DisposeAsync();

    /// <summary>Sends an encoded message to connections of an account.</summary>
    internal async Task<SendResult> SendRawAsync(
        string account, ReadOnlyMemory<byte> payload, bool isBinary, SendOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        options.ThrowIfInvalid();
        await _readiness.WaitAsync(options.Receipts);
        return await Node.SendAsync(
            EnvelopeKind.Message, new DeliveryTarget(account, options.Only, options.Except), payload,
            (isBinary ? EnvelopeFlags.Binary : 0) | GetFlags(options.Receipts, options.Volatile), cancellationToken);
    }

    /// <summary>Sends an encoded message to all connections of all accounts.</summary>
    internal async Task<SendResult> BroadcastAsync(
        ReadOnlyMemory<byte> payload, BroadcastOptions options, CancellationToken cancellationToken)
    {
        await _readiness.WaitAsync(options.Receipts);
        return await Node.SendAsync(
            EnvelopeKind.Broadcast, new DeliveryTarget(null, null, options.Except), payload,
            GetFlags(options.Receipts, options.Volatile), cancellationToken);
    }

    Task<SendResult> IAccountClient.SendRawAsync(
        string account, ReadOnlyMemory<byte> payload, bool isBinary, SendOptions options, CancellationToken cancellationToken) =>
        SendRawAsync(account, payload, isBinary, options, cancellationToken);

    JsonSerializerOptions IAccountClient.Json => Json;

    private async Task<SendResult> DisconnectAsync(DeliveryTarget target, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target.Account);
        await _readiness.WaitAsync(receipts: true);
        return await Node.SendAsync(EnvelopeKind.Disconnect, target, default, EnvelopeFlags.Receipt, cancellationToken);
    }

    private static EnvelopeFlags GetFlags(bool receipts, bool isVolatile) =>
        (receipts ? EnvelopeFlags.Receipt : 0) | (isVolatile ? EnvelopeFlags.Volatile : 0);

    private async Task<ServerRequestResult> AskDrainAsync(string serverId, bool drain, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(serverId);
        await _readiness.WaitAsync(receipts: true);
        var servers = await GetServersAsync(cancellationToken);
        if (servers.FirstOrDefault(s => s.Id == serverId && s.State != ServerState.Dead) is not { } server)
        {
            return ServerRequestResult.ServerNotFound;
        }

        return await Node.RequestDrainAsync(server.EpochName, drain, cancellationToken) switch
        {
            null => ServerRequestResult.TimedOut,
            { IsRefused: true } => ServerRequestResult.Refused,
            _ => ServerRequestResult.Accepted,
        };
    }
}
