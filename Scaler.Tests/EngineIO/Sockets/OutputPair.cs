using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.EngineIO.Sockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>An output over a real connection on loopback, and its client.</summary>
internal sealed class OutputPair : IDisposable
{
    private readonly Socket _server;

    private OutputPair(Socket server, Socket client)
    {
        (_server, Client) = (server, client);
        _server.Blocking = false;
        Output = new SocketOutput(_server, Connection, Transport.Writer);
    }

    public Socket Client { get; }

    public AbortedConnection Connection { get; } = new();

    /// <summary>What the sockets' transport would send by itself, and learns the end by.</summary>
    public Pipe Transport { get; } = new();

    public SocketOutput Output { get; }

    public static async Task<OutputPair> OpenAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        // Small, so that a client that reads nothing is one soon.
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        server.SendBufferSize = 16 * 1024;
        return new OutputPair(server, client);
    }

    /// <summary>What will not fit into the system's buffers.</summary>
    public static byte[] TooMuch()
    {
        var data = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(data);
        return data;
    }

    public byte[] WriteTooMuch()
    {
        var data = TooMuch();
        Output.Write(data);
        return data;
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var data = new byte[count];
        using var stream = new NetworkStream(Client);
        await stream.ReadExactlyAsync(data).AsTask().Within($"{count} bytes");
        return data;
    }

    /// <summary>The client goes without a word: a reset.</summary>
    public void Reset()
    {
        Client.LingerState = new LingerOption(true, 0);
        Client.Dispose();
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
    }

    internal sealed class AbortedConnection : DefaultConnectionContext
    {
        public TaskCompletionSource<ConnectionAbortedException> Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Abort(ConnectionAbortedException abortReason) => Aborted.TrySetResult(abortReason);
    }
}
