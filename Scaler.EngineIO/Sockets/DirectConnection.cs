using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection whose socket is received from and sent to by whoever reads and writes it, and that can outlive the request that it was upgraded by.
/// </summary>
/// <remarks>
/// Kestrel disposes of a connection when its HTTP is done with it, and counts it as open until that is over: so it is in there that an
/// upgraded connection is served. The server's stop waits for it, and aborts it, as it does with every other.
/// </remarks>
[SuppressMessage("Reliability", "CA2000", Justification = "DisposeAsync closes the socket and disposes of the input.")]
internal sealed class DirectConnection : ConnectionContext, ITransportConnection, ISocketOwner, IConnectionIdFeature, IConnectionTransportFeature,
    IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IConnectionSocketFeature, IMemoryPoolFeature, IClientWatch
{
    private readonly SocketInput _input;
    private readonly ConnectionFeatures _features;
    private readonly CancellationTokenSource _closed = new();
    private readonly bool _requestsLast;
    private string? _connectionId;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe _transport;
    private Func<Task>? _serve;
    private int _socketClosed;

    /// <param name="socket">The client's socket.</param>
    /// <param name="memoryPool">What the web server's HTTP takes its memory from.</param>
    /// <param name="requestsLast">Whether an upgraded connection is a request as long as it lasts.</param>
    /// <param name="poller">Who waits for what comes; null for the platform.</param>
    /// <exception cref="SocketException">The client is gone already.</exception>
    public DirectConnection(Socket socket, MemoryPool<byte> memoryPool, bool requestsLast, SocketPoller? poller)
    {
        socket.Blocking = false;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Socket = socket;
        MemoryPool = memoryPool;
        Output = new SocketOutput(socket, this);
        _requestsLast = requestsLast;
        _input = new SocketInput(socket, this, poller);
        _features = new ConnectionFeatures(this);
        _transport = this;
    }

    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    public PipeReader Input => _input;

    public PipeWriter Output { get; }

    public override string ConnectionId
    {
        get => _connectionId ??= ConnectionNumber.Next();
        set => _connectionId = value;
    }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>This itself, until a middleware such as TLS has put its own in between.</summary>
    [AllowNull]
    public override IDuplexPipe Transport
    {
        get => _transport;
        set => _transport = value ?? this;
    }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // First, so that who reads learns the reason, and not what the closed socket says.
        _input.End(abortReason);
        Reset();
    }

    public void OutputEnded()
    {
        _input.End(new ConnectionAbortedException("Everything has been sent."));
        CloseSocket();
    }

    // Whoever has asked for it does not run on the thread that receives, nor on one that aborts.
    public void InputEnded() => _ = _closed.CancelAsync();

    public void Watch() => _input.Watch();

    public void HandleWhereReceived() => _input.HandleWhereReceived();

    public bool TryOutliveRequest(Func<Task> serve)
    {
        if (_requestsLast)
        {
            return false;
        }

        _serve = serve;
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_serve is { } serve)
            {
                _serve = null;
                _features.StopHeartbeat();
                await serve();
            }
        }
        finally
        {
            await Output.CompleteAsync();
            CloseSocket();
            _input.Complete();
            _input.Dispose();
            await base.DisposeAsync();
        }
    }

    /// <summary>
    /// Closes the socket with a reset (RFC 9293, 3.10.5), as Kestrel's own transport does. Otherwise the system would go on offering what it still holds, a
    /// megabyte or more, to a client that takes nothing, for minutes after the connection is forgotten here.
    /// </summary>
    private void Reset()
    {
        if (Interlocked.Exchange(ref _socketClosed, 1) == 0)
        {
            Socket.Close(timeout: 0);
        }
    }

    private void CloseSocket()
    {
        if (Interlocked.Exchange(ref _socketClosed, 1) != 0)
        {
            return;
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client is gone already.
        }

        Socket.Dispose();
    }
}
