namespace Scaler;

/// <summary>How a server takes part in its cluster.</summary>
public sealed class ScalerClusterOptions
{
    /// <summary>The server's id, unique in the cluster: 1 to 32 letters, digits, <c>-</c> and <c>_</c>. Default: a random one for each process.</summary>
    public string? ServerId { get; set; }

    /// <summary>
    /// The URL at which other servers reach this one, for requests that a client sent here by chance. Default: the first address that the
    /// server listens on, with this machine's name where it listens on all interfaces.
    /// </summary>
    public string? AdvertisedUrl { get; set; }

    /// <summary>
    /// What the servers share and nobody else may know: 16 characters or more. It signs session ids and what servers say to each
    /// other. Default: one is made up by the first server and kept in Redis, so whoever can read Redis knows it.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>How long a server counts as alive after its last renewal. 1 s to 5 min; default 5 s.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the lease is renewed. Less than half of <see cref="LeaseDuration"/>; default 1 s.</summary>
    public TimeSpan LeaseRenewal { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a handshake waits for its registration before it goes on without and raises <c>error::connect</c>. 10 ms to 10 s; default 250 ms.</summary>
    public TimeSpan RegistrationTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a send waits for Redis. 10 ms to 1 min; default 1 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a send with receipts waits for them. 10 ms to 1 min; default 2 s.</summary>
    public TimeSpan ReceiptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to connect to another server, for a forwarded request. 10 ms to 1 min; default 1 s.</summary>
    public TimeSpan ForwardConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that a stopping server takes to close its clients, a few at a time so that they do not all come back at once. 0 to 10 min; default 10 s.</summary>
    public TimeSpan DrainBudget { get; set; } = TimeSpan.FromSeconds(10);
}
