using System.Net;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.Running;

namespace Scaler.Tests.Aspire.StandIn;

public sealed class EndpointProxyTests
{
    private static readonly CancellationToken Deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Fact]
    public async Task Connections_OneAfterAnother_GoToEachTargetInTurn()
    {
        using var targets = new Targets("a", "b", "c");
        await using var proxy = EndpointProxy.Start(null, targets.Ports);

        var names = new List<string>();
        for (var i = 0; i < 9; i++) names.Add(await NameAsync(proxy.Port));

        Assert.Equal(["a", "b", "c", "a", "b", "c", "a", "b", "c"], names);
    }

    [Fact]
    public async Task Connection_TurnOfADeadTarget_GoesToTheNext()
    {
        using var targets = new Targets("a", "b", "c");
        await using var proxy = EndpointProxy.Start(null, targets.Ports);
        targets.Stop("b");

        var names = new List<string>();
        for (var i = 0; i < 6; i++) names.Add(await NameAsync(proxy.Port));

        Assert.Equal(["a", "c", "c", "a", "c", "c"], names);
    }

    [Fact]
    public async Task Connection_NoTargetAccepts_IsClosed()
    {
        using var targets = new Targets("a");
        await using var proxy = EndpointProxy.Start(null, targets.Ports);
        targets.Stop("a");

        using var client = await ConnectAsync(proxy.Port);

        Assert.Equal(0, await ReadToEndAsync(client));
    }

    [Fact]
    public async Task Target_StartedAgain_GetsConnectionsAgain()
    {
        using var targets = new Targets("a");
        await using var proxy = EndpointProxy.Start(null, targets.Ports);
        targets.Stop("a");
        using (var client = await ConnectAsync(proxy.Port)) await ReadToEndAsync(client);
        targets.Start("a");

        Assert.Equal("a", await NameAsync(proxy.Port));
    }

    [Fact]
    public async Task Client_EndsItsHalf_StillGetsAllOfTheAnswer()
    {
        using var listener = Listen();
        await using var proxy = EndpointProxy.Start(null, [Port(listener)]);
        var answer = new byte[3 * 1024 * 1024];
        Random.Shared.NextBytes(answer);

        using var client = await ConnectAsync(proxy.Port);
        await using var stream = new NetworkStream(client);
        await stream.WriteAsync("question"u8.ToArray(), Deadline);
        client.Shutdown(SocketShutdown.Send);
        using var server = await listener.AcceptAsync(Deadline);
        var asked = new MemoryStream();
        await using var serverStream = new NetworkStream(server);
        await serverStream.CopyToAsync(asked, Deadline); // Ends only if the half-close came through.
        await serverStream.WriteAsync(answer, Deadline);
        server.Shutdown(SocketShutdown.Send);

        var got = new MemoryStream();
        await stream.CopyToAsync(got, Deadline);
        Assert.Equal("question"u8.ToArray(), asked.ToArray());
        Assert.Equal(answer, got.ToArray());
    }

    [Fact]
    public async Task Target_Resets_TheClientSeesAnEnd()
    {
        using var listener = Listen();
        await using var proxy = EndpointProxy.Start(null, [Port(listener)]);
        using var client = await ConnectAsync(proxy.Port);
        using (var server = await listener.AcceptAsync(Deadline)) server.LingerState = new LingerOption(true, 0);

        Assert.Equal(0, await ReadToEndAsync(client));
    }

    [Fact]
    public async Task Request_PassesUnchanged()
    {
        using var listener = Listen();
        await using var proxy = EndpointProxy.Start(null, [Port(listener)]);
        const string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

        using var client = await ConnectAsync(proxy.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(request), Deadline);
        client.Shutdown(SocketShutdown.Send);
        using var server = await listener.AcceptAsync(Deadline);
        using var reader = new StreamReader(new NetworkStream(server));

        Assert.Equal(request, await reader.ReadToEndAsync(Deadline)); // No X-Forwarded-For is added.
    }

    [Fact]
    public void Start_PortInUse_Throws()
    {
        using var listener = Listen();

        Assert.Throws<SocketException>(() => EndpointProxy.Start(Port(listener), [1]));
    }

    [Fact]
    public async Task Dispose_WithOpenConnections_EndsThem()
    {
        using var listener = Listen();
        var proxy = EndpointProxy.Start(null, [Port(listener)]);
        using var client = await ConnectAsync(proxy.Port);
        using var server = await listener.AcceptAsync(Deadline);

        await proxy.DisposeAsync();

        Assert.Equal(0, await ReadToEndAsync(client));
    }

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Deadline);
        return client;
    }

    private static async Task<string> NameAsync(int port)
    {
        using var client = await ConnectAsync(port);
        using var reader = new StreamReader(new NetworkStream(client));
        return await reader.ReadToEndAsync(Deadline);
    }

    private static async Task<int> ReadToEndAsync(Socket client)
    {
        try
        {
            return await client.ReceiveAsync(new byte[16], Deadline);
        }
        catch (SocketException)
        {
            return 0; // A reset is an end too.
        }
    }

    /// <summary>Servers that say their name to each client and hang up.</summary>
    private sealed class Targets : IDisposable
    {
        private readonly Dictionary<string, int> _ports = [];
        private readonly Dictionary<string, Socket> _listeners = [];

        public Targets(params string[] names)
        {
            foreach (var name in names)
            {
                _ports[name] = FreePort.Take();
                Start(name);
            }
        }

        public IReadOnlyList<int> Ports => [.. _ports.Values];

        public void Start(string name)
        {
            var listener = _listeners[name] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, _ports[name]));
            listener.Listen();
            _ = ServeAsync(listener, name);
        }

        public void Stop(string name) => _listeners[name].Dispose();

        public void Dispose()
        {
            foreach (var listener in _listeners.Values) listener.Dispose();
        }

        private static async Task ServeAsync(Socket listener, string name)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptAsync(Deadline);
                    await client.SendAsync(Encoding.ASCII.GetBytes(name), Deadline);
                    client.Shutdown(SocketShutdown.Send);
                    await client.ReceiveAsync(new byte[1], Deadline);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Stopped.
            }
        }
    }
}
