using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Scaler.Admin.Services.Cluster;
using StackExchange.Redis;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>An in-memory cluster that records the actions performed on it.</summary>
internal sealed class FakeCluster(TimeProvider time) : IClusterView
{
    private readonly List<Channel<ScalerError>> _watchers = [];
    private readonly List<ScalerError> _errors = [];
    private readonly List<AuditEntry> _audit = [];
    private readonly Lock _gate = new();
    private int _checks;

    /// <summary>Gets or sets the error message of a simulated Redis outage; <see langword="null"/> for none.</summary>
    public string? Outage { get; set; }

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(0.42);

    public ConcurrentDictionary<string, ServerInfo> Servers { get; } = new();

    public ConcurrentDictionary<string, IReadOnlyList<ScalerConnectionInfo>> Accounts { get; } = new();

    public ConcurrentQueue<string> PerformedActions { get; } = new();

    /// <summary>
    /// Gets or sets the function that returns the result of a send to an account (<see langword="null"/> for a broadcast).
    /// </summary>
    public Func<string?, SendResult>? GetSendResult { get; set; }

    /// <summary>
    /// Gets or sets the number of generated accounts, <c>!0000000</c> and so on, that precede <see cref="Accounts"/>.
    /// </summary>
    public int GeneratedAccountCount { get; set; }

    /// <summary>
    /// Gets or sets the result of a registry check. If <see langword="null"/>, servers that receive bus messages are consistent.
    /// </summary>
    public RegistryCheck? CheckResult { get; set; }

    /// <summary>Gets or sets a delay between the read of <see cref="GetAuditAsync"/> and its result.</summary>
    public Func<Task>? DelayAuditRead { get; set; }

    public int CheckCount => Volatile.Read(ref _checks);

    public int WatcherCount
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    public void Raise(ScalerError error)
    {
        lock (_gate)
        {
            _errors.Insert(0, error);
            _watchers.ForEach(watcher => watcher.Writer.TryWrite(error));
        }
    }

    public int IgnoredServerEntries { get; set; }

    public Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken) =>
        Ask<IReadOnlyList<ServerInfo>>(() => [.. Servers.Values.OrderBy(server => server.Id, StringComparer.Ordinal)]);

    public Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken) => Ask(() => new ClusterCounts(
        Servers.Values.Count(server => server.State != ServerState.Dead), GeneratedAccountCount + Accounts.Count, Accounts.Sum(account => account.Value.Count)));

    public Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take, CancellationToken cancellationToken) => Ask(() =>
    {
        var names = Accounts.Keys
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(name, after) > 0))
            .Order(StringComparer.Ordinal).Take(take + 1).ToArray();
        var page = names.Take(take).Select(name => new AccountInfo(name, Accounts[name].Count, [.. Accounts[name].Select(c => c.Server).Distinct().Order()]));
        return new AccountPage([.. page], names.Length > take ? names[take - 1] : null);
    });

    public Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take, CancellationToken cancellationToken) => Ask(() =>
    {
        var names = Accounts.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var numbered = prefix.Length == 0 ? GeneratedAccountCount : 0;
        var total = numbered + names.Length;
        var begin = from is null ? 0
            : from[0] == '!' && numbered > 0 ? int.Parse(from[1..], System.Globalization.CultureInfo.InvariantCulture)
            : numbered + names.Count(name => string.CompareOrdinal(name, from) < 0);
        var position = Math.Clamp(begin + offset, 0, total);
        return new AccountRange([.. Enumerable.Range((int)position, (int)Math.Min(take, total - position)).Select(Read)], position, total);

        AccountInfo Read(int i) => i < numbered
            ? new AccountInfo($"!{i:D7}", 1, ["stream-1-7f3a"])
            : new AccountInfo(names[i - numbered], Accounts[names[i - numbered]].Count, [.. Accounts[names[i - numbered]].Select(c => c.Server).Distinct().Order()]);
    });

    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take, CancellationToken cancellationToken) =>
        Ask<IReadOnlyList<ScalerConnectionInfo>>(() => Accounts.TryGetValue(account, out var connections) ? [.. connections.Take(take)] : []);

    public Task<SendResult> SendAsync(string account, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken) =>
        Act($"send {account} {eventName} [{string.Join(",", args)}]", account);

    public Task<SendResult> BroadcastAsync(string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken) =>
        Act($"broadcast {eventName} [{string.Join(",", args)}]", null);

    public Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken)
    {
        var result = Act($"disconnect {account}", account);
        Accounts.TryRemove(account, out _);
        return result;
    }

    public Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken)
    {
        var result = Act($"disconnect {account} {connectionId}", account);
        Accounts[account] = [.. Accounts[account].Where(connection => connection.Id != connectionId)];
        return result;
    }

    /// <summary>Gets the stored audit log, newest first.</summary>
    public IReadOnlyList<AuditEntry> Audit
    {
        get
        {
            lock (_gate)
            {
                return [.. _audit];
            }
        }
    }

    public Task<IReadOnlyList<ConnectionActivity>> GetActivityAsync(string account, CancellationToken cancellationToken) =>
        Ask<IReadOnlyList<ConnectionActivity>>(() => Accounts.TryGetValue(account, out var connections)
            ? [.. connections.Where(c => Servers.GetValueOrDefault(c.Server) is { State: not ServerState.Dead }).Select(c =>
                new ConnectionActivity(c.Id, time.GetUtcNow() - TimeSpan.FromSeconds(c.Id[0] % 25), c.Id[1] * c.Id[2] % 5 == 0 ? c.Id[3] * 40 : 0, c.Id[1] * c.Id[2] % 5 == 0 ? 3 : 0))]
            : []);

    public Task<ServerRequestResult> DrainAsync(string serverId, CancellationToken cancellationToken) => Ask(() => Command("drain", serverId, ServerState.Draining));

    public Task<ServerRequestResult> ResumeAsync(string serverId, CancellationToken cancellationToken) => Ask(() => Command("resume", serverId, ServerState.Up));

    public Task AppendAuditAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) => Ask(() =>
    {
        lock (_gate)
        {
            _audit.InsertRange(0, entries.Reverse());
        }

        return true;
    });

    public async Task<IReadOnlyList<AuditEntry>> GetAuditAsync(int take, CancellationToken cancellationToken)
    {
        var entries = await Ask<IReadOnlyList<AuditEntry>>(() => [.. Audit.Take(take)]);
        await (DelayAuditRead?.Invoke() ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return entries;
    }

    public Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(int take, CancellationToken cancellationToken) => Ask<IReadOnlyList<ScalerError>>(() =>
    {
        lock (_gate)
        {
            return [.. _errors.Take(take)];
        }
    });

    public async IAsyncEnumerable<ScalerError> WatchErrorsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ScalerError>();
        lock (_gate)
        {
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var error in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return error;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public Task<RegistryCheck> CheckRegistryAsync(CancellationToken cancellationToken) => Ask(() =>
    {
        Interlocked.Increment(ref _checks);
        return CheckResult ?? Compare();
    });

    private RegistryCheck Compare() => new(
        [.. Servers.Values.Where(server => server.State != ServerState.Dead).OrderBy(server => server.Id, StringComparer.Ordinal).Select(server =>
            new ServerCheck(server.Id, server.BusMilliseconds < 0 ? null : server.Connections, server.Connections, server.BusMilliseconds >= 0))]);

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) => Ask(() => RoundTrip);

    /// <summary>Adds a connection to an account.</summary>
    public ScalerConnectionInfo Connect(string account, string server, string transport = "websocket", TimeSpan age = default, string agent = "engine.io-client/6.6")
    {
        var connection = new ScalerConnectionInfo
        {
            Id = Guid.NewGuid().ToString("N")[..12],
            Server = server,
            Transport = transport,
            ProtocolVersion = 4,
            RemoteAddress = $"203.0.113.{account.Length + Accounts.Count % 200}",
            UserAgent = agent,
            Since = time.GetUtcNow() - age,
        };
        Accounts.AddOrUpdate(account, [connection], (_, connections) => [.. connections, connection]);
        return connection;
    }

    private ServerRequestResult Command(string what, string serverId, ServerState state)
    {
        PerformedActions.Enqueue($"{what} {serverId}");
        if (!Servers.TryGetValue(serverId, out var server) || server.State == ServerState.Dead)
        {
            return ServerRequestResult.ServerNotFound;
        }

        Servers[serverId] = server with { State = state };
        return ServerRequestResult.Accepted;
    }

    private Task<SendResult> Act(string what, string? account) => Ask(() =>
    {
        PerformedActions.Enqueue(what);
        var connections = Accounts.Where(entry => account is null || entry.Key == account).SelectMany(entry => entry.Value).ToArray();
        return GetSendResult?.Invoke(account) ?? new SendResult { Connections = connections.Length, Servers = connections.Select(c => c.Server).Distinct().Count() };
    });

    private Task<T> Ask<T>(Func<T> answer) => Outage is { } reason
        ? Task.FromException<T>(new RedisConnectionException(ConnectionFailureType.UnableToConnect, reason))
        : Task.FromResult(answer());
}
