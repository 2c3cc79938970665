using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.DirectSockets.Pipes;
using Scaler.DirectSockets.Readiness;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>A real loopback connection: the input and output of the server, and the socket of the client.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly Socket _server;

    private SocketPair(Socket server, Socket client, EpollLoop? poller, bool handleInline)
    {
        (_server, Client) = (server, client);
        _server.Blocking = false;
        Owner = new RecordingOwner();
        Output = new SocketOutput(_server, Owner);
        Input = new SocketInput(_server, Owner, poller);
        if (handleInline)
        {
            Input.RunContinuationsInline();
        }
    }

    public Socket Client { get; }

    public RecordingOwner Owner { get; }

    public SocketOutput Output { get; }

    public SocketInput Input { get; }

    public static async Task<SocketPair> OpenAsync(EpollLoop? poller = null, bool handleInline = true)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        // Small socket buffers, so that back-pressure starts soon when the client does not read.
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        server.SendBufferSize = 16 * 1024;
        return new SocketPair(server, client, poller, handleInline);
    }

    /// <summary>Creates another input over the same server socket.</summary>
    public SocketInput OpenSecondInput(EpollLoop poller, out RecordingOwner owner)
    {
        owner = new RecordingOwner();
        var input = new SocketInput(_server, owner, poller);
        input.RunContinuationsInline();
        return input;
    }

    /// <summary>Creates 8 MiB of random data, which is more than the socket buffers hold.</summary>
    public static byte[] CreateLargePayload()
    {
        var data = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(data);
        return data;
    }

    public byte[] WriteLargePayload()
    {
        var data = CreateLargePayload();
        Output.Write(data);
        return data;
    }

    /// <summary>Receives a number of bytes on the client.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var data = new byte[count];
        using var stream = new NetworkStream(Client);
        await stream.ReadExactlyAsync(data).AsTask().WithTimeout($"{count} bytes from the server");
        return data;
    }

    /// <summary>Sends data from the client, and waits until it is in the receive buffer of the server's socket.</summary>
    public async Task SendAsync(byte[] data)
    {
        var before = _server.Available;
        await Client.SendAsync(data);
        await Deadline.WaitUntilAsync(() => _server.Available >= before + data.Length);
    }

    /// <summary>Closes the client's socket with a TCP reset.</summary>
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

        public Task InputEndedTask => _inputEnded.Task;

        public Task OutputEndedTask => _outputEnded.Task;

        public Task<ConnectionAbortedException> AbortedTask => _aborted.Task;

        // SetResult, not TrySetResult: a second call is a bug and must throw.
        public void OnInputEnded() => _inputEnded.SetResult();

        public void OnOutputEnded() => _outputEnded.TrySetResult();

        public void Abort(ConnectionAbortedException reason) => _aborted.TrySetResult(reason);
    }
}
