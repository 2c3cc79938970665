namespace Scaler;

/// <summary>Options for the server's membership in its cluster.</summary>
public sealed class ScalerClusterOptions
{
    /// <summary>
    /// Gets or sets the server id. It must be unique in the cluster and have 1 to 32 letters, digits, <c>-</c> or <c>_</c>. The
    /// default is a random id for each process.
    /// </summary>
    public string? ServerId { get; set; }

    /// <summary>
    /// Gets or sets the URL at which other servers reach this server. They forward requests for sessions of this server to it.
    /// The default is the address that the server listens on, with http before https. If that address means all interfaces, its
    /// host is replaced by the environment variable <c>POD_IP</c>, or else by the address from which this machine reaches Redis.
    /// The host name replaces it if Redis runs on this machine, and with https.
    /// </summary>
    public string? AdvertisedUrl { get; set; }

    /// <summary>
    /// Gets or sets the secret that the servers share, with 32 random characters or more. Keys derived from it sign session ids,
    /// messages between servers, forwarded requests and the servers' entries in Redis. By default, the first server generates a
    /// secret and stores it in Redis, so anyone who can read Redis knows it.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// Gets further secrets whose signatures are accepted, for the replacement of <see cref="Secret"/> without downtime. Add the
    /// new secret here on every server, then make it the <see cref="Secret"/> and keep the old one here, then remove the old one.
    /// </summary>
    public IList<string> AdditionalSecrets { get; } = [];

    /// <summary>
    /// Gets or sets the path of a PEM file with the certificate authority that issued the certificates of the servers' https
    /// URLs. The default is <see langword="null"/>, which uses the system's trusted authorities.
    /// </summary>
    public string? CaCertificate { get; set; }

    /// <summary>
    /// Gets or sets the path of a PEM file with the certificate that this server presents to other servers. The default is
    /// <see langword="null"/>: no client certificate.
    /// </summary>
    public string? ClientCertificate { get; set; }

    /// <summary>
    /// Gets or sets the path of the PEM file with the private key of <see cref="ClientCertificate"/>. The default is
    /// <see langword="null"/>: the certificate file contains the key.
    /// </summary>
    public string? ClientKey { get; set; }

    /// <summary>
    /// Gets or sets the time for which a server counts as alive after its last lease renewal. From 1 second to 5 minutes; the
    /// default is 5 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the interval between lease renewals. It must be less than half of <see cref="LeaseDuration"/>; the default is
    /// 1 second.
    /// </summary>
    public TimeSpan LeaseRenewal { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the time that a handshake waits for its registration in Redis. After that time the handshake completes
    /// without it, and <c>error::connect</c> is raised. From 10 milliseconds to 10 seconds; the default is 250 milliseconds.
    /// </summary>
    public TimeSpan RegistrationTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Gets or sets the time that a send waits for Redis. From 10 milliseconds to 1 minute; the default is 1 second.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the time that a send waits for receipts. From 10 milliseconds to 1 minute; the default is 2 seconds.
    /// </summary>
    public TimeSpan ReceiptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets the connect timeout for a request that is forwarded to another server. From 10 milliseconds to 1 minute; the
    /// default is 1 second.
    /// </summary>
    public TimeSpan ForwardConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the maximum time that a draining server takes to close its connections. It closes them in batches so that the
    /// clients do not all reconnect at once. From 0 to 10 minutes; the default is 10 seconds.
    /// </summary>
    public TimeSpan DrainBudget { get; set; } = TimeSpan.FromSeconds(10);
}
