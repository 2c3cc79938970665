using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Scaler.Tests.Helpers;

/// <summary>
/// An nginx or HAProxy process in the foreground, with the configuration of a document and its files in a folder of its own.
/// It also listens without TLS, for clients that cannot be made to trust the certificate of the test.
/// </summary>
internal sealed partial class DocumentedProxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private DocumentedProxy(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    public required int Port { get; init; }

    /// <summary>Gets the port without TLS.</summary>
    public required int PlainPort { get; init; }

    public required string Thumbprint { get; init; }

    /// <summary>Starts a proxy, and waits until it listens.</summary>
    /// <param name="program">The program: nginx or haproxy.</param>
    /// <param name="configuration">The documented configuration, with the addresses 10.0.0.11 to 10.0.0.13.</param>
    /// <param name="servers">The URLs of at most three servers.</param>
    public static async Task<DocumentedProxy> StartAsync(string program, string configuration, params string[] servers)
    {
        var folder = Directory.CreateTempSubdirectory("scaler-proxy-");
        var (port, plainPort) = (FreePorts.GetFreePort(), FreePorts.GetFreePort());
        var thumbprint = WriteCertificate(folder.FullName);
        var file = Path.Combine(folder.FullName, "proxy.conf");
        var adapted = Adapt(configuration, folder.FullName, port, plainPort, servers);
        await File.WriteAllTextAsync(file, Complete(program, folder.FullName, adapted));
        string[] arguments = program == "nginx" ? ["-p", folder.FullName, "-c", file] : ["-db", "-f", file];
        var process = Process.Start(new ProcessStartInfo(ExternalTool.FindOnPath(program)!, arguments))!;
        var proxy = new DocumentedProxy(process, folder) { Port = port, PlainPort = plainPort, Thumbprint = thumbprint };
        await Deadline.WaitUntilAsync(() => ConnectsAsync(port), what: $"{program} to listen");
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WithTimeout();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Complete(string program, string folder, string configuration) => program == "nginx"
        ? $$"""
            daemon off; master_process off; error_log stderr; pid {{folder}}/pid;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                {{configuration}}
            }
            """
        : configuration;

    /// <summary>Replaces the addresses, ports and files of a documented configuration by those of the test.</summary>
    private static string Adapt(string configuration, string folder, int port, int plainPort, string[] servers)
    {
        var adapted = Server().Replace(configuration, server =>
        {
            var index = int.Parse(server.Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) - 11;
            return index < servers.Length
                ? server.Groups["before"].Value + new Uri(servers[index]).Authority + server.Groups["after"].Value : "";
        });
        return DocumentedFolder().Replace(adapted, folder)
            .Replace("listen 443", $"listen 127.0.0.1:{plainPort};\n    listen 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("bind :443", $"bind 127.0.0.1:{plainPort}\n    bind 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("X-Forwarded-Proto https", "X-Forwarded-Proto %[ssl_fc,iif(https,http)]", StringComparison.Ordinal);
    }

    private static string WriteCertificate(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "live.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(
            Path.Combine(folder, "live.pem"), $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return certificate.Thumbprint;
    }

    private static async Task<bool> ConnectsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?<before> +server .*)10\.0\.0\.(?<number>\d+):8080(?<after>.*\n)", RegexOptions.Multiline)]
    private static partial Regex Server();

    [GeneratedRegex("/etc/(nginx|haproxy)(?=/live)")]
    private static partial Regex DocumentedFolder();
}
