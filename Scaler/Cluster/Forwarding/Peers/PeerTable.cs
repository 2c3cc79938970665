using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Manages the connections to other servers that hold requested sessions. Short, complete requests to a server share one
/// multiplexed connection. All other requests are forwarded over HTTP.
/// </summary>
internal sealed class PeerTable : IDisposable
{
    private readonly ClusterNode _node;
    private readonly ClusterMembership _membership;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly ProvenServers _proven;
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    /// <param name="node">This process in the cluster.</param>
    /// <param name="membership">The cluster membership.</param>
    /// <param name="proven">The servers that have proved their identity, to which new connections are added.</param>
    /// <param name="logger">The logger for refused connections.</param>
    public PeerTable(ClusterNode node, ClusterMembership membership, ProvenServers proven, ILogger logger)
    {
        // A poll request stays open until the session sends a packet, which is a heartbeat at the latest.
        ResponseTimeout = node.Options.EngineIO.PingInterval + node.Options.EngineIO.PingTimeout + TimeSpan.FromSeconds(10);
        (_node, _membership, _proven, _logger) = (node, membership, proven, logger);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = node.Options.Cluster.ForwardConnectTimeout,
            SslOptions = ServerTls.CreateOptions(node.Options.Cluster),
        });
    }

    /// <summary>Gets the maximum time for another server to respond, and for a client to receive the response.</summary>
    public TimeSpan ResponseTimeout { get; }

    /// <summary>Returns <see langword="true"/> if the connection to a server at a URL is open.</summary>
    public bool IsConnected(string server, string url) =>
        _peers.TryGetValue(server, out var peer) && peer.Url == url && peer.IsConnected;

    /// <summary>Forwards a request to a server over the multiplexed connection, if possible.</summary>
    /// <param name="context">The request.</param>
    /// <param name="server">The server.</param>
    /// <param name="stopping">A token that asks the server to answer held poll requests now.</param>
    public async ValueTask<PeerCallOutcome> CallAsync(HttpContext context, ServerInfo server, CancellationToken stopping)
    {
        if (!IsSupported(context.Request) || server.Url is not { } url || !ServerUrl.IsValid(url))
        {
            return PeerCallOutcome.NotSupported;
        }

        PeerClientConnection? caller;
        try
        {
            caller = await Find(server.Id, url)
                .ConnectAsync(server, (context.Request.PathBase + context.Request.Path).ToUriComponent());
        }
        catch (HttpRequestException)
        {
            return PeerCallOutcome.Unreachable;
        }

        if (caller is null || await TryCallAsync(caller, context) is not { } call)
        {
            return PeerCallOutcome.NotSupported;
        }

        using (call)
        {
            PeerCallOutcome outcome;
            using (context.RequestAborted.UnsafeRegister(static state => ((PeerCall)state!).Cancel(), call))
            using (stopping.UnsafeRegister(static state => ((PeerCall)state!).Release(), call))
            {
                outcome = await call.Task;
            }

            if (outcome == PeerCallOutcome.Completed)
            {
                await AnswerAsync(context, call.Response.ReadInto(context.Response));
            }
            else if (outcome == PeerCallOutcome.Aborted)
            {
                context.Abort();
            }

            return outcome;
        }
    }

    public void Dispose()
    {
        foreach (var (_, peer) in _peers)
        {
            peer.Dispose();
        }

        _http.Dispose();
    }

    private static bool IsSupported(HttpRequest request) => request.Headers.Upgrade.Count == 0
        && (HttpMethods.IsGet(request.Method) ? request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0
            : HttpMethods.IsPost(request.Method) && request.ContentLength <= PeerRequest.MaxBodyLength);

    /// <summary>Sends a request if its body arrives in time. Otherwise, the body stays unconsumed for streaming.</summary>
    /// <returns>The call, or <see langword="null"/> if the request was not sent.</returns>
    private async ValueTask<PeerCall?> TryCallAsync(PeerClientConnection caller, HttpContext context)
    {
        PeerCall? call = null;
        var length = context.Request.ContentLength ?? 0;
        if (length == 0)
        {
            return caller.TryCall(context, default, out call) ? call : null;
        }

        var reader = context.Request.BodyReader;
        try
        {
            var read = await BufferableBody.ReadAsync(reader, length, _node.Time);
            var isSent = read.Buffer.Length == length && caller.TryCall(context, read.Buffer, out call);
            reader.AdvanceTo(isSent ? read.Buffer.End : read.Buffer.Start);
            return call;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Streaming the body over HTTP meets the same error and handles it.
            return null;
        }
    }

    private async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return;
        }

        var write = context.Response.Body.WriteAsync(body, context.RequestAborted);
        if (write.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            // Set a deadline: Kestrel's minimum data rate would allow a large response to take hours.
            await using var deadline = _node.Time.CreateTimer(
                static state => ((HttpContext)state!).Abort(), context, ResponseTimeout, Timeout.InfiniteTimeSpan);
            await write;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client disconnected or did not read the response in time.
        }
    }

    private Peer Find(string server, string url)
    {
        if (_peers.TryGetValue(server, out var peer) && peer.Url == url)
        {
            return peer;
        }

        foreach (var (id, other) in _peers)
        {
            if ((id == server || _membership.Servers.Find(id, out _) == ServerLookup.Dead) && _peers.TryRemove(new(id, other)))
            {
                other.Dispose();
            }
        }

        return _peers.GetOrAdd(server, id => new Peer(id, url, _node, _membership.ServerId, _http, _proven, _logger));
    }
}
