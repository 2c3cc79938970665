using System.Runtime.CompilerServices;

namespace Scaler;

/// <summary>An account, as the whole cluster knows it; it need not be connected.</summary>
public sealed class Account
{
    private readonly ScalerCluster _cluster;

    internal Account(ScalerCluster cluster, string name)
    {
        _cluster = cluster;
        Name = name;
    }

    /// <summary>The account's name, as clients give it in the query.</summary>
    public string Name { get; }

    /// <summary>Its connections on all servers, asked for anew at each enumeration: at most 10,000.</summary>
    public IAsyncEnumerable<ConnectionInfo> Connections => EnumerateAsync(default);

    /// <summary>Sends an event to all its connections, on all servers.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <exception cref="NotSupportedException">An argument cannot be written as JSON.</exception>
    public Task<SendResult> SendAsync(string eventName, params IReadOnlyList<object?> args) => _cluster.SendAsync(Name, eventName, args);

    /// <summary>Sends an event to all its connections, with options.</summary>
    public Task<SendResult> SendAsync(string eventName, IReadOnlyList<object?> args, SendOptions options, CancellationToken cancellationToken = default) =>
        _cluster.SendAsync(Name, eventName, args, options, cancellationToken);

    /// <summary>Sends a received message on as it is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="options">Whom to leave out, and whether to wait for receipts.</param>
    /// <param name="cancellationToken">Stops the waiting, not what is on its way.</param>
    public Task<SendResult> SendAsync(in ScalerMessage message, SendOptions options = default, CancellationToken cancellationToken = default) =>
        _cluster.SendRawAsync(Name, message.Data, message.IsBinary, options, cancellationToken);

    /// <summary>Closes all its connections, on all servers.</summary>
    public Task<SendResult> DisconnectAsync(CancellationToken cancellationToken = default) => _cluster.DisconnectAsync(Name, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private async IAsyncEnumerable<ConnectionInfo> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var connection in await _cluster.GetConnectionsAsync(Name, 10_000, cancellationToken))
        {
            yield return connection;
        }
    }
}
