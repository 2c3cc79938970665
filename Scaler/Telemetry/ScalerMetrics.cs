using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Scaler;

/// <summary>
/// Records Scaler's metrics. Tags have low cardinality: they never contain an account, a connection id or a session id.
/// </summary>
internal sealed class ScalerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Scaler";

    private readonly Counter<long> _received;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _envelopes;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _forwards;
    private readonly Counter<long> _reaped;
    private readonly Counter<long> _ignoredEntries;
    private readonly Counter<long> _unproven;
    private readonly Histogram<double> _busLatency;
    private readonly Histogram<double> _deliveryLatency;

    private readonly Meter _meter;
    private long _receivedTotal;
    private long _deliveredTotal;
    private long _errorsTotal;

    public ScalerMetrics(IMeterFactory? factory)
    {
        var meter = _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _received = meter.CreateCounter<long>("scaler.server.messages.received", "{message}", "Messages received from clients.");
        _delivered = meter.CreateCounter<long>("scaler.server.messages.delivered", "{message}", "Messages queued for clients.");
        _errors = meter.CreateCounter<long>("scaler.server.errors", "{error}", "Error events raised, by name.");
        _envelopes = meter.CreateCounter<long>("scaler.bus.envelopes", "{envelope}", "Envelopes received from the bus, by kind.");
        _skipped = meter.CreateCounter<long>("scaler.bus.envelopes.skipped", "{envelope}", "Envelopes skipped, by reason.");
        _forwards = meter.CreateCounter<long>(
            "scaler.forward.requests", "{request}",
            "Requests for sessions that this server does not hold, by outcome and transport.");
        _reaped = meter.CreateCounter<long>(
            "scaler.registry.reaped", "{server}", "Dead servers whose registry entries this server removed.");
        _ignoredEntries = meter.CreateCounter<long>(
            "scaler.registry.entries.ignored", "{entry}", "Server entries that a read ignored, by reason.");
        _unproven = meter.CreateCounter<long>(
            "scaler.forward.unproven", "{connection}",
            "Connections closed because the other end did not prove that it is the server.");
        _busLatency = meter.CreateHistogram<double>("scaler.bus.probe.duration", "s", "Round-trip time of a probe over the bus.");
        _deliveryLatency = meter.CreateHistogram(
            "scaler.server.delivery.duration", "s", "Time from the send on another server until this server queued the message.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
    }

    /// <summary>Gets the activity source for messages and deliveries.</summary>
    public static ActivitySource Activities { get; } = new("Scaler");

    public DeliveryLatencyHistogram DeliveryLatency { get; } = new();

    public long Received => Volatile.Read(ref _receivedTotal);

    public long Delivered => Volatile.Read(ref _deliveredTotal);

    public long Errors => Volatile.Read(ref _errorsTotal);

    /// <summary>
    /// Creates the observable instruments for connections, accounts, the lease of a server, and the servers that it cannot reach.
    /// </summary>
    public void Observe(Func<int> connections, Func<int> accounts, Func<bool> holdsLease, Func<int> unreachable)
    {
        _meter.CreateObservableUpDownCounter(
            "scaler.server.connections", connections, "{connection}", "Connections that this server holds.");
        _meter.CreateObservableUpDownCounter(
            "scaler.server.accounts", accounts, "{account}", "Accounts with a connection on this server.");
        _meter.CreateObservableGauge(
            "scaler.server.lease", () => holdsLease() ? 1 : 0, null, "1 if this server holds its lease; otherwise, 0.");
        _meter.CreateObservableGauge(
            "scaler.server.unreachable", unreachable, "{server}", "Live servers that this server cannot reach at their URL.");
    }

    public void MessageReceived()
    {
        Interlocked.Increment(ref _receivedTotal);
        _received.Add(1);
    }

    public void MessagesDelivered(int count)
    {
        if (count > 0)
        {
            Interlocked.Add(ref _deliveredTotal, count);
            _delivered.Add(count);
        }
    }

    public void ErrorRaised(string name)
    {
        Interlocked.Increment(ref _errorsTotal);
        _errors.Add(1, new KeyValuePair<string, object?>("error.type", name));
    }

    public void EnvelopeReceived(string kind) =>
        _envelopes.Add(1, new KeyValuePair<string, object?>("scaler.envelope.kind", kind));

    public void EnvelopeSkipped(string reason) => _skipped.Add(1, new KeyValuePair<string, object?>("error.type", reason));

    /// <summary>Counts a request for a session that this server does not hold.</summary>
    /// <param name="outcome">The outcome of the request.</param>
    /// <param name="way">
    /// <c>peer</c> if the request used a shared peer connection; <c>http</c> if it was a separate HTTP request; <c>none</c> if
    /// it was not forwarded.
    /// </param>
    public void RequestForwarded(string outcome, string way) => _forwards.Add(
        1,
        new KeyValuePair<string, object?>("scaler.forward.outcome", outcome),
        new KeyValuePair<string, object?>("scaler.forward.way", way));

    public void ServerReaped() => _reaped.Add(1);

    public void ServerEntryIgnored(string reason) =>
        _ignoredEntries.Add(1, new KeyValuePair<string, object?>("error.type", reason));

    public void ConnectionUnproven() => _unproven.Add(1);

    /// <summary>Records the time until a message from another server was queued for its connections.</summary>
    public void DeliveryMeasured(int microseconds)
    {
        DeliveryLatency.Record(microseconds);
        _deliveryLatency.Record(microseconds / 1_000_000.0);
    }

    public void BusProbed(TimeSpan duration) => _busLatency.Record(duration.TotalSeconds);
}
