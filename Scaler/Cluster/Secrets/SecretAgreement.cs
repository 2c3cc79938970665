using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Secrets;

/// <summary>Holds the secret of the cluster: the configured secret, or the secret that the servers agree on in Redis.</summary>
internal sealed class SecretAgreement(IServerRegistry registry, string? configured)
{
    private volatile ClusterSecret _current = new(configured ?? ClusterSecret.Generate());

    public ClusterSecret Current => _current;

    /// <summary>
    /// Reads the cluster's secret from Redis if no secret is configured. This process then proposes the agreed secret from now
    /// on. If Redis loses the secret, the servers that know it restore it, so servers that join later get the same one.
    /// </summary>
    public async Task AgreeAsync()
    {
        if (configured is not null)
        {
            return;
        }

        var shared = await registry.ShareSecretAsync(_current.Text);
        if (shared != _current.Text)
        {
            _current = new ClusterSecret(shared);
        }
    }
}
