using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.EngineIO.Sockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>A server's input and output over a real connection on loopback, and the client.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly Socket _server;

    private SocketPair(Socket server, Socket client, SocketPoller? poller, bool handledHere)
    {
        (_server, Client) = (server, client);
        _server.Blocking = false;
        Owner = new RecordingOwner();
        Output = new SocketOutput(_server, Owner);
        Input = new SocketInput(_server, Owner, poller);
        if (handledHere)
        {
            Input.HandleWhereReceived();
        }
    }

    public Socket Client { get; }

    public RecordingOwner Owner { get; }

    public SocketOutput Output { get; }

    public SocketInput Input { get; }

    public static async Task<SocketPair> OpenAsync(SocketPoller? poller = null, bool handledHere = true)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        // Small, so that a client that reads nothing is one soon.
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        server.SendBufferSize = 16 * 1024;
        return new SocketPair(server, client, poller, handledHere);
    }

    /// <summary>Another input over the same socket.</summary>
    public SocketInput InputOfTheSame(SocketPoller poller, out RecordingOwner owner)
    {
        owner = new RecordingOwner();
        var input = new SocketInput(_server, owner, poller);
        input.HandleWhereReceived();
        return input;
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

    /// <summary>Has the client receive so many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var data = new byte[count];
        using var stream = new NetworkStream(Client);
        await stream.ReadExactlyAsync(data).AsTask().Within($"{count} bytes");
        return data;
    }

    /// <summary>Has the client send, and waits until the server's system has it.</summary>
    public async Task SendAsync(byte[] data)
    {
        var before = _server.Available;
        await Client.SendAsync(data);
        await Deadline.Until(() => _server.Available >= before + data.Length);
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
        Input.Dispose();
    }

    internal sealed class RecordingOwner : ISocketOwner
    {
        private readonly TaskCompletionSource _inputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ConnectionAbortedException> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HasInputEnded => _inputEnded.Task;

        public Task HasOutputEnded => _outputEnded.Task;

        public Task<ConnectionAbortedException> IsAborted => _aborted.Task;

        // Twice would be an error.
        public void InputEnded() => _inputEnded.SetResult();

        public void OutputEnded() => _outputEnded.TrySetResult();

        public void Abort(ConnectionAbortedException reason) => _aborted.TrySetResult(reason);
    }
}
