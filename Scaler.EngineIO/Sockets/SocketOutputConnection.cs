using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection of the sockets' transport whose output is sent where it is flushed, and that can outlive the request that it was upgraded by.
/// </summary>
/// <remarks>
/// Kestrel disposes of a connection when its HTTP is done with it, and counts it as open until that is over: so it is in there that an
/// upgraded connection is served. The server's stop waits for it, and aborts it, as it does with every other.
/// </remarks>
internal sealed class SocketOutputConnection : ConnectionContext, ITransportConnection
{
    private readonly ConnectionContext _inner;
    private readonly ConnectionFeatures _features;
    private readonly bool _requestsLast;
    private Func<Task>? _serve;

    /// <param name="inner">The transport's connection.</param>
    /// <param name="socket">Its socket, that does not block.</param>
    /// <param name="requestsLast">Whether an upgraded connection is a request as long as it lasts.</param>
    public SocketOutputConnection(ConnectionContext inner, Socket socket, bool requestsLast)
    {
        _inner = inner;
        _features = new ConnectionFeatures(inner.Features);
        _requestsLast = requestsLast;
        Input = inner.Transport.Input;
        Output = new SocketOutput(socket, inner, inner.Transport.Output);
        inner.Transport = this;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    /// <summary>This itself, until a middleware such as TLS has put its own in between.</summary>
    [AllowNull]
    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = value!;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

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
            await _inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
