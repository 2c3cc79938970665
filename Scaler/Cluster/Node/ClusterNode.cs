using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>
/// Represents this process in the cluster. It sends and receives messages over the bus, and requests the state of other servers.
/// </summary>
internal sealed class ClusterNode
{
    private readonly NodeEpoch _epoch;
    private readonly SecretAgreement _secret;
    private readonly EnvelopeSender _sender;
    private readonly EnvelopeReceiver _receiver;
    private readonly MessageSender _messages;
    private readonly NodeRequests _requests;

    /// <param name="registry">The registry of the cluster.</param>
    /// <param name="bus">The message bus of the cluster.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="epoch">The name under which this process sends and receives.</param>
    /// <param name="connections">The connections of this process, or <see langword="null"/> if this process holds none.</param>
    /// <param name="drain">The drain state, or <see langword="null"/> if this process cannot drain.</param>
    /// <param name="loggers">The logger factory, or <see langword="null"/> to log nothing.</param>
    public ClusterNode(
        IServerRegistry registry,
        IMessageBus bus,
        ScalerOptions options,
        TimeProvider time,
        ScalerMetrics metrics,
        NodeEpoch epoch,
        ILocalDelivery? connections = null,
        DrainState? drain = null,
        ILoggerFactory? loggers = null)
    {
        (Registry, Bus, Options, Time, Metrics, _epoch) = (registry, bus, options, time, metrics, epoch);
        Clock = new ClusterClock(time);
        Probe = new BusProbe(time, metrics);
        _secret = new SecretAgreement(registry, options.Cluster.Secret, options.Prefix, options.Cluster.AdditionalSecrets);
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<ClusterNode>();
        Servers = new ServerDirectory(registry, _secret, Clock, options.Cluster, time, metrics, logger);
        var local = new LocalServer(connections, drain, metrics);
        var receipts = new PendingReceipts();
        _sender = new EnvelopeSender(bus, _secret, epoch, Clock, Servers);
        _receiver = new EnvelopeReceiver(
            _sender, local, receipts, _secret, epoch, Clock, Probe, metrics,
            new EnvelopeGuard(epoch, Clock, time), new SkippedEnvelopes(metrics, time, logger));
        _messages = new MessageSender(_sender, local, receipts, epoch, registry, options.Cluster, time);
        _requests = new NodeRequests(_sender, local, receipts, epoch, options.Cluster, time);
    }

    public IServerRegistry Registry { get; }

    public IMessageBus Bus { get; }

    /// <summary>Gets the servers of the cluster, as far as they are genuine.</summary>
    public ServerDirectory Servers { get; }

    public ScalerOptions Options { get; }

    public TimeProvider Time { get; }

    public ScalerMetrics Metrics { get; }

    /// <summary>Gets the estimate of Redis's clock.</summary>
    public ClusterClock Clock { get; }

    /// <summary>Gets the state of the probes of the bus.</summary>
    public BusProbe Probe { get; }

    /// <summary>Gets the secret of the cluster, as far as it is known.</summary>
    public ClusterSecret Secret => _secret.Current;

    /// <summary>Gets the epochs of this process.</summary>
    public NodeEpoch Epoch => _epoch;

    /// <summary>Gets the name of the server epoch under which this process sends and receives.</summary>
    public string ServerEpoch => _epoch.Name;

    /// <summary>Begins a new server epoch.</summary>
    public void BeginEpoch(string name) => _epoch.Begin(name);

    /// <inheritdoc cref="SecretAgreement.AgreeAsync"/>
    public Task AgreeOnSecretAsync() => _secret.AgreeAsync();

    /// <inheritdoc cref="EnvelopeReceiver.Receive"/>
    public void Receive(ReadOnlyMemory<byte> bytes) => _receiver.Receive(bytes);

    /// <inheritdoc cref="MessageSender.SendAsync"/>
    public Task<SendResult> SendAsync(
        EnvelopeKind kind, DeliveryTarget target, ReadOnlyMemory<byte> payload, EnvelopeFlags flags,
        CancellationToken cancellationToken) =>
        _messages.SendAsync(kind, target, payload, flags, cancellationToken);

    /// <summary>Sends a probe of the bus to this process without waiting for it to return.</summary>
    public void SendProbe() => _ = _sender.SendToServerAsync(
        ServerEpoch, new Envelope { Kind = EnvelopeKind.Probe, Sender = ServerEpoch, Number = Probe.Begin() });

    /// <inheritdoc cref="NodeRequests.RequestInventoryAsync"/>
    public Task<IReadOnlyDictionary<string, Receipt>> RequestInventoryAsync(
        IReadOnlyCollection<string> holders, CancellationToken cancellationToken) =>
        _requests.RequestInventoryAsync(holders, cancellationToken);

    /// <inheritdoc cref="NodeRequests.RequestDrainAsync"/>
    public Task<Receipt?> RequestDrainAsync(string holder, bool drain, CancellationToken cancellationToken) =>
        _requests.RequestDrainAsync(holder, drain, cancellationToken);

    /// <inheritdoc cref="NodeRequests.RequestActivityAsync"/>
    public Task<IReadOnlyList<ConnectionActivity>> RequestActivityAsync(string account, CancellationToken cancellationToken) =>
        _requests.RequestActivityAsync(account, cancellationToken);
}
