using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Scaler.DirectSockets.Pipes;
using Scaler.DirectSockets.Readiness;
using Scaler.EngineIO.Connections;

namespace Scaler.DirectSockets;

/// <summary>
/// Represents a connection whose reader and writer call the socket directly, without a receive loop and a send loop. The
/// connection can outlive the request that upgraded it.
/// </summary>
/// <remarks>
/// Kestrel disposes a connection when its HTTP layer is done with it, and counts the connection as open until
/// <see cref="DisposeAsync"/> completes. An upgraded connection is therefore served inside <see cref="DisposeAsync"/>: graceful
/// shutdown waits for it, and aborts it, like every other connection.
/// </remarks>
[SuppressMessage("Reliability", "CA2000", Justification = "DisposeAsync closes the socket and disposes the input.")]
internal sealed class DirectConnection : ConnectionContext, ITransportConnection, ISocketOwner, IConnectionIdFeature,
    IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature,
    IConnectionSocketFeature, IMemoryPoolFeature, IDisconnectDetectionFeature
{
    private readonly SocketInput _input;
    private readonly ConnectionFeatures _features;
    private readonly CancellationTokenSource _closed = new();
    private readonly bool _keepRequestOpen;
    private string? _connectionId;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe _transport;
    private Func<Task>? _serve;
    private int _socketClosed;

    /// <param name="socket">The client's socket.</param>
    /// <param name="memoryPool">The memory pool for Kestrel's HTTP layer.</param>
    /// <param name="keepRequestOpen">
    /// <see langword="true"/> to keep the upgrade request open for as long as the upgraded connection; <see langword="false"/> to
    /// let the connection outlive the request.
    /// </param>
    /// <param name="poller">The poller that waits for the socket; <see langword="null"/> to wait through the platform.</param>
    /// <exception cref="SocketException">The client has already disconnected.</exception>
    public DirectConnection(Socket socket, MemoryPool<byte> memoryPool, bool keepRequestOpen, EpollLoop? poller)
    {
        socket.Blocking = false;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Socket = socket;
        MemoryPool = memoryPool;
        Output = new SocketOutput(socket, this);
        _keepRequestOpen = keepRequestOpen;
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
        get => _connectionId ??= ConnectionIdGenerator.Next();
        set => _connectionId = value;
    }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>Gets or sets the pipe for HTTP: this connection, unless a middleware such as TLS has replaced it.</summary>
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
        // End the input first, so that the reader gets the abort reason instead of the error of the closed socket.
        _input.End(abortReason);
        Reset();
    }

    public void OnOutputEnded()
    {
        _input.End(new ConnectionAbortedException("The connection was closed after all output was sent."));
        CloseSocket();
    }

    // Asynchronous: callbacks of ConnectionClosed must not run on the receiving thread or on the aborting thread.
    public void OnInputEnded() => _ = _closed.CancelAsync();

    public void WatchForDisconnect() => _input.WatchForDisconnect();

    public void RunContinuationsInline() => _input.RunContinuationsInline();

    public bool TryOutliveRequest(Func<Task> serve)
    {
        if (_keepRequestOpen)
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
    /// Closes the socket with a reset (RFC 9293, 3.10.5), as Kestrel's own transport does. Without a reset, the kernel would keep
    /// trying to send its socket buffer, a megabyte or more, to a client that does not read. This would last for minutes after
    /// the server has forgotten the connection.
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
            // The client has already disconnected.
        }

        Socket.Dispose();
    }
}
