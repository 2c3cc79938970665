using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Scaler.Tests.Security.Redis;

/// <summary>A certificate authority for one test, with the certificates it signs, as files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scaler-tls");
    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddHours(-1);

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(_from, _from.AddDays(2));
        Authority = Write("ca.crt", _authority.ExportCertificatePem());
    }

    public string Authority { get; }

    public (string Certificate, string Key) Sign(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, _from, _from.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return (Write(name + ".crt", certificate.ExportCertificatePem()), Write(name + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
