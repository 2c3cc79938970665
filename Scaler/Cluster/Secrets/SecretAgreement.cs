using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Secrets;

/// <summary>Holds the secret of the cluster: the configured secret, or the secret that the servers agree on in Redis.</summary>
/// <param name="registry">The registry in which the servers agree.</param>
/// <param name="configured">The configured secret, or <see langword="null"/>.</param>
/// <param name="prefix">The prefix of the cluster's keys in Redis.</param>
/// <param name="additional">Further secrets that verify but do not sign.</param>
internal sealed class SecretAgreement(
    IServerRegistry registry, string? configured, string prefix, IEnumerable<string>? additional = null)
{
    private volatile ClusterSecret _current = new(configured ?? ClusterSecret.Generate(), prefix, additional);

    public ClusterSecret Current => _current;

    /// <summary>
    /// Reads the cluster's secret from Redis if no secret is configured. This process then proposes the agreed secret from now
    /// on. If Redis loses the secret, the servers that know it restore it, so servers that join later get the same one.
    /// </summary>
    /// <returns><see langword="true"/> if the secret has changed; otherwise, <see langword="false"/>.</returns>
    public async Task<bool> AgreeAsync()
    {
        if (configured is not null)
        {
            return false;
        }

        var shared = await registry.ShareSecretAsync(_current.Text);
        if (shared == _current.Text)
        {
            return false;
        }

        _current = new ClusterSecret(shared, prefix);
        return true;
    }
}
