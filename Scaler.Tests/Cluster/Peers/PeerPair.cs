using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

/// <summary>Both ends of a socket connection between two servers. An application answers at one end.</summary>
internal sealed class PeerPair : IAsyncDisposable
{
    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddSingleton<IOptions<FormOptions>>(Options.Create(new FormOptions()))
        .BuildServiceProvider();

    private PeerPair(NetworkStream asks, NetworkStream answers, RequestDelegate application)
    {
        Caller = new PeerClientConnection(asks, new ScalerClusterOptions(), Time);
        Answerer = CreateAnswerer(answers, application, Time, Logger);
        AnswererStream = answers;
        CallerCompletion = RunAsync(Caller, asks);
        AnswererCompletion = RunAsync(Answerer, answers);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogger Logger { get; } = new();

    public PeerClientConnection Caller { get; }

    public PeerServerConnection Answerer { get; }

    /// <summary>Gets the stream that the answering end writes to.</summary>
    public NetworkStream AnswererStream { get; }

    /// <summary>Gets a task that completes when the calling end has ended.</summary>
    public Task CallerCompletion { get; }

    /// <summary>Gets a task that completes when the answering end has ended.</summary>
    public Task AnswererCompletion { get; }

    public static async Task<PeerPair> StartAsync(RequestDelegate application)
    {
        var (asks, answers) = await ConnectAsync();
        return new PeerPair(asks, answers, application);
    }

    /// <summary>Creates an answering end with an application.</summary>
    public static PeerServerConnection CreateAnswerer(NetworkStream stream, RequestDelegate application, TimeProvider time, FakeLogger logger)
    {
        var pipeline = new PeerApplication(new DefaultHttpContextFactory(Services), application);
        return new PeerServerConnection(stream, new ScalerClusterOptions(), time, pipeline, logger);
    }

    /// <summary>Connects two sockets over the loopback interface.</summary>
    public static async Task<(NetworkStream Asks, NetworkStream Answers)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asks = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await asks.ConnectAsync(listener.LocalEndpoint);
        return (new NetworkStream(asks, ownsSocket: true), new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true));
    }

    /// <summary>Sends a request.</summary>
    public PeerCall Call(string query = "", string? body = null)
    {
        var context = new DefaultHttpContext { Request = { Method = body is null ? "GET" : "POST", Path = "/stream/", QueryString = new QueryString(query) } };
        Assert.True(Caller.TryCall(context, new(Encoding.UTF8.GetBytes(body ?? "")), out var call));
        return call;
    }

    /// <summary>Waits for the response to a call and reads it.</summary>
    public static async Task<(int Status, string Body)> ReadAsync(PeerCall call)
    {
        using (call)
        {
            Assert.Equal(PeerCallOutcome.Completed, await call.Task.WithTimeout());
            var response = new DefaultHttpContext().Response;
            var body = Encoding.UTF8.GetString(call.Response.ReadInto(response).Span);
            return (response.StatusCode, body);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Caller.Abort();
        Answerer.Abort();
        await Task.WhenAll(CallerCompletion, AnswererCompletion).WithTimeout();
        Caller.Dispose();
        Answerer.Dispose();
    }

    private static async Task RunAsync(PeerConnection connection, NetworkStream stream)
    {
        await connection.RunAsync();
        await stream.DisposeAsync();
    }
}
