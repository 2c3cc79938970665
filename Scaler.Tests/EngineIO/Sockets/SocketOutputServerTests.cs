using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>A whole web server on that output: what it answers over each protocol is what it would answer otherwise.</summary>
public sealed class SocketOutputServerTests
{
    private const int Large = 4 * 1024 * 1024;

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Server_OfEachProtocol_AnswersSmallAndLarge_OverOneConnection(HttpProtocols protocol, bool tls)
    {
        using var certificate = SelfSigned();
        var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(protocol, tls ? certificate : null, logs);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented?.GetCertHashString() == certificate.GetCertHashString();
        using var client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(tls ? "https" : "http")}://localhost:{Port(server)}"),
            DefaultRequestVersion = protocol == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var connections = new HashSet<string>();
        for (var round = 0; round < 3; round++)
        {
            using var small = await client.GetAsync(new Uri("/bytes?count=5", UriKind.Relative)).Within("a small answer");
            connections.Add(small.Headers.GetValues("Connection-Id").Single());
            Assert.Equal(Bytes(5), await small.Content.ReadAsByteArrayAsync().Within());
            using var large = await client.GetAsync(
                new Uri($"/bytes?count={Large}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead).Within("a large answer");
            connections.Add(large.Headers.GetValues("Connection-Id").Single());
            Assert.Equal(Bytes(Large), await large.Content.ReadAsByteArrayAsync().Within());
        }

        Assert.Single(connections);
        Assert.DoesNotContain(logs.Collector.GetSnapshot(), static record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Server_SetUpSo_WritesToThatOutput()
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        using var client = new HttpClient();
        var output = await client.GetStringAsync(new Uri($"http://localhost:{Port(server)}/output")).Within();
        Assert.Equal("SocketOutput", output);
    }

    [Fact]
    public async Task Server_WhoseClientLeavesInTheMiddleOfAnAnswer_ServesTheNext()
    {
        var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(HttpProtocols.Http1, null, logs);
        for (var round = 0; round < 20; round++)
        {
            using var raw = await RawConnection.ConnectAsync(Port(server));
            await raw.SendAsync($"GET /bytes?count={Large} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await raw.ReadHeadAsync();
        }

        using var client = new HttpClient();
        var answer = await client.GetByteArrayAsync(new Uri($"http://localhost:{Port(server)}/bytes?count=5")).Within();
        Assert.Equal(Bytes(5), answer);
        Assert.DoesNotContain(logs.Collector.GetSnapshot(), static record => record.Level >= LogLevel.Warning);
    }

    private static byte[] Bytes(int count)
    {
        var data = new byte[count];
        new Random(count).NextBytes(data);
        return data;
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocol, X509Certificate2? certificate, FakeLoggerProvider logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSocketOutput().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocol;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders().AddProvider(logs);
        var server = builder.Build();
        server.MapGet("/bytes", async (int count, HttpContext context) =>
        {
            context.Response.Headers["Connection-Id"] = context.Connection.Id;
            await context.Response.Body.WriteAsync(Bytes(count), context.RequestAborted);
        });
        server.MapGet("/output", static (HttpContext context) =>
            context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output.GetType().Name);
        await server.StartAsync();
        return server;
    }

    private static int Port(WebApplication server) =>
        new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }
}
