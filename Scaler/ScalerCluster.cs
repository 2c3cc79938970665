using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Scaler.Cluster;
using Scaler.Cluster.Redis;
using StackExchange.Redis;

namespace Scaler;

/// <summary>
/// The cluster: who is connected where, what goes wrong, and a way to reach accounts, wherever they are connected. A server has one
/// (<see cref="ScalerServer.Cluster"/>); a process that takes no connections itself can have one too.
/// </summary>
public sealed partial class ScalerCluster : IAsyncDisposable
{
    private static readonly TimeSpan SecretAge = TimeSpan.FromSeconds(10);

    private readonly IConnectionMultiplexer _redis;
    private readonly ErrorLog _errors;
    private readonly AuditTrail _audit;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private IAsyncDisposable? _listening;
    private volatile bool _ready;
    private long _agreedAt;

    /// <summary>Creates a view of the cluster for a process that takes no connections itself.</summary>
    /// <param name="redis">The Redis that the servers share.</param>
    /// <param name="options">The options of the servers: at least <see cref="ScalerOptions.Prefix"/> and the cluster's secret must be theirs.</param>
    /// <param name="time">Where the time comes from. Default: the system's clock.</param>
    /// <param name="meters">What makes the meters, or null.</param>
    /// <exception cref="OptionsValidationException">An option cannot work.</exception>
    public ScalerCluster(IConnectionMultiplexer redis, ScalerOptions? options = null, TimeProvider? time = null, IMeterFactory? meters = null)
        : this(redis, options ?? new ScalerOptions(), time ?? TimeProvider.System, new ScalerMetrics(meters))
    {
    }

    internal ScalerCluster(IConnectionMultiplexer redis, ScalerOptions options, TimeProvider time, ScalerMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(redis);
        var valid = new ScalerOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(ScalerOptions.Section, typeof(ScalerOptions), valid.Failures);
        }

        _redis = redis;
        var keys = new RedisKeys(options.Prefix);
        Link = new ClusterLink(new RedisServerRegistry(redis, keys), new RedisMessageBus(redis, keys, metrics, options: options.Redis), options, time, metrics);
        _errors = new ErrorLog(redis, keys);
        _audit = new AuditTrail(redis, keys);
    }

    internal ClusterLink Link { get; }

    internal ErrorLog Errors => _errors;

    /// <summary>The connected accounts.</summary>
    public AccountQuery Accounts => new(this);

    /// <summary>An account, connected or not.</summary>
    public Account Account(string name) => new(this, name);

    /// <summary>Sends an event to all connections of an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <param name="cancellationToken">Stops the waiting, not what is on its way.</param>
    /// <exception cref="NotSupportedException">An argument cannot be written as JSON.</exception>
    public Task<SendResult> SendAsync(string account, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) =>
        SendAsync(account, eventName, args, default, cancellationToken);

    /// <summary>Sends an event to connections of an account, with options.</summary>
    /// <param name="account">The account.</param>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <param name="options">Which connections, and whether to wait for receipts.</param>
    /// <param name="cancellationToken">Stops the waiting, not what is on its way.</param>
    public Task<SendResult> SendAsync(
        string account, string eventName, IReadOnlyList<object?> args, SendOptions options, CancellationToken cancellationToken = default) =>
        SendRawAsync(account, Write(eventName, args), isBinary: false, options, cancellationToken);

    /// <summary>Sends an event to all connections of all accounts.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <param name="cancellationToken">Stops the waiting, not what is on its way.</param>
    public Task<SendResult> BroadcastAsync(string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) =>
        BroadcastAsync(eventName, args, default, cancellationToken);

    /// <summary>Sends an event to all connections of all accounts, with options.</summary>
    public async Task<SendResult> BroadcastAsync(
        string eventName, IReadOnlyList<object?> args, SendOptions options, CancellationToken cancellationToken = default)
    {
        var payload = Write(eventName, args);
        await ReadyAsync(options.Receipts);
        return await Link.SendAsync(
            EnvelopeKind.Broadcast, new DeliveryTarget(null, null, options.Except), payload, isBinary: false, options.Receipts, cancellationToken);
    }

    /// <summary>Closes all connections of an account.</summary>
    public Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken = default) =>
        DisconnectAsync(new DeliveryTarget(account), cancellationToken);

    /// <summary>Closes one connection of an account. The result tells, by a receipt, whether it was there.</summary>
    public Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken = default) =>
        DisconnectAsync(new DeliveryTarget(account, connectionId), cancellationToken);

    /// <summary>
    /// How the connections of an account are at this moment: asked of the servers that hold them, at most 1,000 of each. Those of a server
    /// that does not answer in time are not in it.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="RedisException">The servers could not be asked.</exception>
    /// <exception cref="TimeoutException">Redis did not answer within <see cref="ScalerClusterOptions.SendTimeout"/>.</exception>
    public async Task<IReadOnlyList<ConnectionActivity>> GetActivityAsync(string account, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        await ReadyAsync(receipts: true);
        return await Link.AskActivityAsync(account, cancellationToken);
    }

    /// <summary>
    /// Asks a server to drain: it says that it is not ready, takes no new client, and closes the ones it has, a few at a time over
    /// <see cref="ScalerClusterOptions.DrainBudget"/>. It stays up and keeps its lease, as <see cref="ServerState.Draining"/>, until it is
    /// stopped or told to <see cref="ResumeAsync"/>.
    /// </summary>
    /// <param name="serverId">The server's id.</param>
    /// <param name="cancellationToken">Stops the waiting, not the server.</param>
    /// <exception cref="RedisException">Redis could not be asked.</exception>
    public Task<ServerAnswer> DrainAsync(string serverId, CancellationToken cancellationToken = default) =>
        AskDrainAsync(serverId, drain: true, cancellationToken);

    /// <summary>Asks a server that was drained by <see cref="DrainAsync"/> to take clients again.</summary>
    /// <param name="serverId">The server's id.</param>
    /// <param name="cancellationToken">Stops the waiting, not the server.</param>
    /// <exception cref="RedisException">Redis could not be asked.</exception>
    public Task<ServerAnswer> ResumeAsync(string serverId, CancellationToken cancellationToken = default) =>
        AskDrainAsync(serverId, drain: false, cancellationToken);

    /// <summary>The last error events, newest first: at most the 1,000 that the cluster keeps.</summary>
    public Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(int take = 1000, CancellationToken cancellationToken = default) =>
        _errors.ReadAsync(take).WaitAsync(cancellationToken);

    /// <summary>
    /// Error events as they are raised, from now on. A reader that falls behind by more than 10,000 misses the oldest. It ends when Redis was
    /// away and is back: what was raised meanwhile is among <see cref="GetRecentErrorsAsync"/>.
    /// </summary>
    public IAsyncEnumerable<ScalerError> WatchErrorsAsync(CancellationToken cancellationToken = default) => _errors.WatchAsync(cancellationToken);

    /// <summary>Writes down what somebody did by hand; the cluster keeps the last 1,000 for 90 days.</summary>
    /// <param name="entries">What was done, oldest first.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="RedisException">It could not be written.</exception>
    public Task AppendAuditAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return _audit.AppendAsync(entries).WaitAsync(cancellationToken);
    }

    /// <summary>What was written down with <see cref="AppendAuditAsync"/>, newest first.</summary>
    /// <param name="take">How many: 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="RedisException">It could not be read.</exception>
    public Task<IReadOnlyList<AuditEntry>> GetAuditAsync(int take = 1000, CancellationToken cancellationToken = default) =>
        _audit.ReadAsync(take).WaitAsync(cancellationToken);

    /// <summary>The time that Redis takes to answer.</summary>
    /// <exception cref="RedisException">It does not answer.</exception>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) =>
        _redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }

        _starting.Dispose();
    }

    internal async Task<SendResult> SendRawAsync(
        string account, ReadOnlyMemory<byte> payload, bool isBinary, SendOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        await ReadyAsync(options.Receipts);
        return await Link.SendAsync(
            EnvelopeKind.Message, new DeliveryTarget(account, options.Only, options.Except), payload, isBinary, options.Receipts, cancellationToken);
    }

    /// <summary>Says that a server agrees on the secret and listens by itself, under its own holder.</summary>
    internal void BelongToServer() => _ready = true;

    private async Task<SendResult> DisconnectAsync(DeliveryTarget target, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(target.Account);
        await ReadyAsync(receipts: true);
        return await Link.SendAsync(EnvelopeKind.Disconnect, target, default, isBinary: false, receipts: true, cancellationToken);
    }

    private async Task<ServerAnswer> AskDrainAsync(string serverId, bool drain, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(serverId);
        await ReadyAsync(receipts: true);
        var servers = await GetServersAsync(cancellationToken);
        if (servers.FirstOrDefault(s => s.Id == serverId && s.State != ServerState.Dead) is not { } server)
        {
            return ServerAnswer.NoSuchServer;
        }

        return await Link.AskDrainAsync(server.Holder, drain, cancellationToken) switch
        {
            null => ServerAnswer.NoAnswer,
            { Count: < 0 } => ServerAnswer.Refused,
            _ => ServerAnswer.Accepted,
        };
    }

    /// <summary>What a process without a server has to do before it sends: agree on the secret, and listen for receipts.</summary>
    private async ValueTask ReadyAsync(bool receipts)
    {
        // Asked for anew from time to time: while nobody else was there, Redis may have lost it and the servers agreed on another.
        if (_listening is not null && Link.Time.GetElapsedTime(_agreedAt) > SecretAge)
        {
            _ready = false;
        }

        if (_ready || !_redis.IsConnected)
        {
            return;
        }

        await _starting.WaitAsync();
        try
        {
            if (!_ready)
            {
                await Link.AgreeOnSecretAsync();
                _agreedAt = Link.Time.GetTimestamp();
                _listening ??= await Link.Bus.ListenAsync(Link.Holder, Link.Receive);
                _ready = true;
            }
        }
        catch (RedisException) when (!receipts)
        {
            // The send itself will say that the cluster was not reached.
        }
        finally
        {
            _starting.Release();
        }
    }

    private ReadOnlyMemory<byte> Write(string eventName, IReadOnlyList<object?> args)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        MessageWriter.Write(buffer, eventName, args, Link.Options.Json);
        return buffer.WrittenMemory;
    }
}
