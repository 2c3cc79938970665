using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Scaler.Cluster.Secrets;

/// <summary>Creates the TLS options of connections to other servers from the configured certificates.</summary>
internal static class ServerTls
{
    public static SslClientAuthenticationOptions CreateOptions(ScalerClusterOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.CaCertificate is { } authority)
        {
            // A private authority publishes no revocation list in most cases.
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        if (options.ClientCertificate is { } certificate)
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.ClientKey)];
        }

        return tls;
    }
}
