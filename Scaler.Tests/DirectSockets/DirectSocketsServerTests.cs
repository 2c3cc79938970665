using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
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
using Scaler.DirectSockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests Kestrel on the direct socket transport. Its behavior over each HTTP protocol must equal the default transport's.
/// </summary>
public sealed class DirectSocketsServerTests
{
    private const int Large = 4 * 1024 * 1024;

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Server_WithEachProtocol_ServesSmallAndLargeResponsesOverOneConnection(HttpProtocols protocol, bool tls)
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
            using var small = await client.GetAsync(new Uri("/bytes?count=5", UriKind.Relative)).WithTimeout("the small response");
            connections.Add(small.Headers.GetValues("Connection-Id").Single());
            Assert.Equal(Bytes(5), await small.Content.ReadAsByteArrayAsync().WithTimeout());
            using var large = await client.GetAsync(
                new Uri($"/bytes?count={Large}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)
                .WithTimeout("the large response");
            connections.Add(large.Headers.GetValues("Connection-Id").Single());
            Assert.Equal(Bytes(Large), await large.Content.ReadAsByteArrayAsync().WithTimeout());
            using var content = new ByteArrayContent(Bytes(Large));
            using var echo = await client.PostAsync(new Uri("/back", UriKind.Relative), content)
                .WithTimeout("the response to the upload");
            connections.Add(echo.Headers.GetValues("Connection-Id").Single());
            Assert.Equal(Bytes(Large), await echo.Content.ReadAsByteArrayAsync().WithTimeout());
        }

        Assert.Single(connections);
        Assert.DoesNotContain(logs.Collector.GetSnapshot(), static record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task UseDirectSockets_Connections_HaveTheTransportAndItsFeatures()
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        using var client = new HttpClient();
        var names = await client.GetStringAsync(new Uri($"http://localhost:{Port(server)}/transport")).WithTimeout();
        Assert.Equal("SocketInput SocketOutput Stream IPEndPoint IPEndPoint True 13", names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_WhenTheClientDisconnectsDuringARequest_AbortsTheRequest(bool resets)
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        using var raw = await RawConnection.ConnectAsync(Port(server));
        await raw.SendAsync("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var held = server.Services.GetRequiredService<Held>();
        await held.Began.Task.WithTimeout();
        Assert.False(held.Aborted.Task.IsCompleted);

        if (resets)
        {
            raw.Reset();
        }
        else
        {
            raw.Dispose();
        }

        await held.Aborted.Task.WithTimeout();
    }

    [Fact]
    public async Task Server_WithPipelinedRequests_RespondsInOrder()
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        using var raw = await RawConnection.ConnectAsync(Port(server));
        var counts = Enumerable.Range(1, 300).ToArray();
        var sending = raw.SendAsync(string.Concat(counts.Select(count => $"GET /bytes?count={count} HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        foreach (var count in counts)
        {
            var head = await raw.ReadHeadersAsync();
            Assert.Contains("chunked", head, StringComparison.Ordinal);
            var size = Encoding.ASCII.GetBytes($"{count:x}\r\n");
            byte[] body = [.. size, .. Bytes(count), .. "\r\n0\r\n\r\n"u8];
            Assert.Equal(body, await raw.ReadAsync(body.Length));
        }

        await sending.WithTimeout();
    }

    [Fact]
    public async Task Server_OnAUnixSocket_Responds()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider(), path);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        Assert.Equal(Bytes(Large), await client.GetByteArrayAsync(new Uri($"http://localhost/bytes?count={Large}")).WithTimeout());
    }

    [Fact]
    public async Task Server_OnAnAddressInUse_Throws()
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider(), port: Port(server)));
        Assert.Contains("address already in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_WithAnIdleConnection_ClosesIt()
    {
        await using var server = await StartAsync(HttpProtocols.Http1, null, new FakeLoggerProvider());
        using var raw = await RawConnection.ConnectAsync(Port(server));
        await raw.SendAsync("GET /bytes?count=5 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await raw.ReadHeadersAsync();

        await server.StopAsync().WithTimeout();

        await raw.ReadToEndAsync();
    }

    [Fact]
    public async Task Server_WhenClientsDisconnectDuringAResponse_ServesTheNextClient()
    {
        var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(HttpProtocols.Http1, null, logs);
        for (var round = 0; round < 20; round++)
        {
            using var raw = await RawConnection.ConnectAsync(Port(server));
            await raw.SendAsync($"GET /bytes?count={Large} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await raw.ReadHeadersAsync();
        }

        using var client = new HttpClient();
        var answer = await client.GetByteArrayAsync(new Uri($"http://localhost:{Port(server)}/bytes?count=5")).WithTimeout();
        Assert.Equal(Bytes(5), answer);
        Assert.DoesNotContain(logs.Collector.GetSnapshot(), static record => record.Level >= LogLevel.Warning);
    }

    private static byte[] Bytes(int count)
    {
        var data = new byte[count];
        new Random(count).NextBytes(data);
        return data;
    }

    private static async Task<WebApplication> StartAsync(
        HttpProtocols protocol, X509Certificate2? certificate, FakeLoggerProvider logs, string? path = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseDirectSockets().ConfigureKestrel(kestrel =>
        {
            if (path is null)
            {
                kestrel.Listen(IPAddress.Loopback, port, Configure);
            }
            else
            {
                kestrel.ListenUnixSocket(path, Configure);
            }
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<Held>();
        builder.Logging.ClearProviders().AddProvider(logs);
        var server = builder.Build();
        server.MapGet("/bytes", static async (int count, HttpContext context) =>
        {
            context.Response.Headers["Connection-Id"] = context.Connection.Id;
            await context.Response.Body.WriteAsync(Bytes(count), context.RequestAborted);
        });
        server.MapPost("/back", static async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            context.Response.Headers["Connection-Id"] = context.Connection.Id;
            await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
        });
        server.MapGet("/hold", static async (HttpContext context, Held held) =>
        {
            context.RequestAborted.UnsafeRegister(static held => ((Held)held!).Aborted.TrySetResult(), held);
            held.Began.TrySetResult();
            await held.Aborted.Task.WithTimeout();
        });
        server.MapGet("/transport", static (HttpContext context) =>
        {
            var transport = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
            var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            var ends = context.Features.GetRequiredFeature<IConnectionEndPointFeature>();
            var items = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
            items["here"] = "kept";
            return $"{transport.Input.GetType().Name} {transport.Output.GetType().Name} {socket.SocketType} {ends.LocalEndPoint!.GetType().Name} "
                + $"{ends.RemoteEndPoint!.GetType().Name} {items.ContainsKey("here")} {context.Connection.Id.Length}";
        });
        await server.StartAsync();
        return server;

        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocol;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }
    }

    private static int Port(WebApplication server) =>
        new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }

    private sealed class Held
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
