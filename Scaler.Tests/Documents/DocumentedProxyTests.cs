using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Documents;

/// <summary>Runs the documented configurations of nginx and HAProxy in front of two servers.</summary>
public sealed partial class DocumentedProxyTests
{
    [ExternalToolTheory("nginx")]
    [InlineData("/stream/", false)]
    [InlineData("/live/stream/", false)]
    [InlineData("/stream/", true)]
    [InlineData("/stream", false)]
    [InlineData("//stream//", false)]
    [InlineData("/live/stream", false)]
    [InlineData("/live//stream//", false)]
    public Task Nginx_DocumentedConfiguration_ServesItsOwnPage(string path, bool losesHost) =>
        AssertServesOwnPageAsync("nginx", path, losesHost);

    [ExternalToolTheory("haproxy")]
    [InlineData("/stream/")]
    [InlineData("/live/stream/")]
    [InlineData("/stream")]
    [InlineData("//stream//")]
    [InlineData("/live//stream//")]
    public Task HAProxy_DocumentedConfiguration_ServesItsOwnPage(string path) => AssertServesOwnPageAsync("haproxy", path, false);

    private static async Task AssertServesOwnPageAsync(string program, string path, bool losesHost)
    {
        var folder = Directory.CreateTempSubdirectory("scaler-proxy-");
        try
        {
            string[] arguments = ["--environment", "Production", "--Scaler:Auth:Mode=None", "--Scaler:Proxies:0=127.0.0.1"];
            await using var redis = await RedisProcess.StartAsync();
            await using var first = await StreamProcess.StartAsync(redis.Endpoint, arguments);
            await using var second = await StreamProcess.StartAsync(redis.Endpoint, arguments);
            var port = FreePorts.GetFreePort();
            var thumbprint = WriteCertificate(folder.FullName);
            var configuration = Adapt(
                DocumentSnippet.All().Single(snippet => snippet.Language == program).Code, folder.FullName, port, first, second);
            if (losesHost)
            {
                configuration = configuration.Replace("proxy_set_header Host $http_host;", "", StringComparison.Ordinal);
            }

            await using var proxy = await RunningProxy.StartAsync(program, folder.FullName, configuration, port);
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.RemoteCertificateValidationCallback =
                (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint;
            using var http = new HttpMessageInvoker(handler);
            var (own, other) = ($"https://localhost:{port}", $"https://localhost:{port + 1}");

            var (status, body) = await SendAsync(http, HttpMethod.Get, $"{own}{path}?EIO=4&transport=polling&account=acme", own);
            Assert.Equal(HttpStatusCode.OK, status);
            var query = $"?EIO=4&transport=polling&account=acme&sid={EngineTestHost.ParseSid(body)}";
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, HttpMethod.Post, own + path + query, own)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(http, HttpMethod.Post, own + path + query, other)).Status);

            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", own);
            await socket.ConnectAsync(
                new Uri($"wss://localhost:{port}{path}?EIO=4&transport=websocket&account=acme"), http, default).WithTimeout();
            Assert.Equal(WebSocketState.Open, socket.State);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMessageInvoker http, HttpMethod method, string url, string origin)
    {
        using var request = new HttpRequestMessage(method, url) { Version = HttpVersion.Version20 };
        request.Headers.Add("Origin", origin);
        request.Content = method == HttpMethod.Post ? new StringContent("4[\"echo\"]") : null;
        using var response = await http.SendAsync(request, default).WithTimeout();
        Assert.Equal(HttpVersion.Version20, response.Version);
        return (response.StatusCode, await response.Content.ReadAsStringAsync().WithTimeout());
    }

    /// <summary>Replaces the addresses, ports and files of a documented configuration by those of the test.</summary>
    private static string Adapt(string configuration, string folder, int port, StreamProcess first, StreamProcess second)
    {
        var adapted = ThirdServer().Replace(configuration, "");
        return DocumentedFolder().Replace(adapted, folder)
            .Replace("10.0.0.11:8080", new Uri(first.Url).Authority, StringComparison.Ordinal)
            .Replace("10.0.0.12:8080", new Uri(second.Url).Authority, StringComparison.Ordinal)
            .Replace("listen 443", $"listen 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("bind :443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal);
    }

    private static string WriteCertificate(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "live.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(
            Path.Combine(folder, "live.pem"), $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return certificate.Thumbprint;
    }

    [GeneratedRegex(@"^ +server .*10\.0\.0\.13:8080.*\n", RegexOptions.Multiline)]
    private static partial Regex ThirdServer();

    [GeneratedRegex("/etc/(nginx|haproxy)(?=/live)")]
    private static partial Regex DocumentedFolder();

    /// <summary>A proxy process in the foreground, with its files in a folder of the test.</summary>
    private sealed class RunningProxy(Process process) : IAsyncDisposable
    {
        public static async Task<RunningProxy> StartAsync(string program, string folder, string configuration, int port)
        {
            var file = Path.Combine(folder, "proxy.conf");
            var isNginx = program == "nginx";
            var text = isNginx
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
            await File.WriteAllTextAsync(file, text);
            string[] arguments = isNginx ? ["-p", folder, "-c", file] : ["-db", "-f", file];
            var proxy = new RunningProxy(Process.Start(new ProcessStartInfo(ExternalTool.FindOnPath(program)!, arguments))!);
            await Deadline.WaitUntilAsync(() => ConnectsAsync(port), what: $"{program} to listen");
            return proxy;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync().WithTimeout();
            process.Dispose();
        }

        private static async Task<bool> ConnectsAsync(int port)
        {
            using var client = new System.Net.Sockets.TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        }
    }
}

/// <summary>A theory that needs a proxy and redis-server. Skipped with a reason if a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ExternalToolTheoryAttribute : TheoryAttribute
{
    public ExternalToolTheoryAttribute(string program)
    {
        Program = program;
        Skip = ExternalTool.GetSkipReason(program) ?? ExternalTool.GetSkipReason("redis-server");
    }

    /// <summary>Gets the name of the program.</summary>
    public string Program { get; }
}
