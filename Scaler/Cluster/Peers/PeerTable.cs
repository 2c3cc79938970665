using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Peers;

/// <summary>
/// The other servers, as far as requests were for sessions of theirs. A short request that has come whole goes to its server over one
/// connection with all the others; for the rest there is HTTP.
/// </summary>
internal sealed class PeerTable : IDisposable
{
    private readonly ClusterLink _link;
    private readonly Membership _membership;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly TimeSpan _patience;
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    /// <param name="link">The cluster.</param>
    /// <param name="membership">Who is in it.</param>
    /// <param name="patience">How long a client may take to receive an answer.</param>
    /// <param name="logger">Is told of servers that can't be connected to.</param>
    public PeerTable(ClusterLink link, Membership membership, TimeSpan patience, ILogger logger)
    {
        (_link, _membership, _patience, _logger) = (link, membership, patience, logger);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = link.Options.Cluster.ForwardConnectTimeout,
        });
    }

    /// <summary>Has a server answer a request, where it can be done over a connection with others.</summary>
    public async ValueTask<PeerCallOutcome> CallAsync(HttpContext context, string server, string url)
    {
        if (!IsCarried(context.Request))
        {
            return PeerCallOutcome.NotCarried;
        }

        PeerCaller? caller;
        try
        {
            caller = await Find(server, url).ConnectAsync((context.Request.PathBase + context.Request.Path).ToUriComponent());
        }
        catch (HttpRequestException)
        {
            return PeerCallOutcome.Unreachable;
        }

        if (caller is null || await TryCallAsync(caller, context) is not { } call)
        {
            return PeerCallOutcome.NotCarried;
        }

        using (call)
        {
            PeerCallOutcome outcome;
            using (context.RequestAborted.UnsafeRegister(static state => ((PeerCall)state!).Cancel(), call))
            {
                outcome = await call.Task;
            }

            if (outcome == PeerCallOutcome.Answered)
            {
                await AnswerAsync(context, call.Answer.ReadInto(context.Response));
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

    private static bool IsCarried(HttpRequest request) => request.Headers.Upgrade.Count == 0
        && (HttpMethods.IsGet(request.Method) ? request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0
            : HttpMethods.IsPost(request.Method) && request.ContentLength <= PeerRequest.MostBody);

    /// <summary>Asks, where the body comes soon. Where it is not asked, the body is left as if nobody had looked at it.</summary>
    private async ValueTask<PeerCall?> TryCallAsync(PeerCaller caller, HttpContext context)
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
            var read = await SoonBody.ReadAsync(reader, length, _link.Time);
            var isAsked = read.Buffer.Length == length && caller.TryCall(context, read.Buffer, out call);
            reader.AdvanceTo(isAsked ? read.Buffer.End : read.Buffer.Start);
            return call;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Who streams the body will meet the same, and tells the other server of it.
            return null;
        }
    }

    private async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return;
        }

        var written = context.Response.Body.WriteAsync(body, context.RequestAborted);
        if (written.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            // The server's own least rate would let a large answer take hours.
            await using var deadline = _link.Time.CreateTimer(static state => ((HttpContext)state!).Abort(), context, _patience, Timeout.InfiniteTimeSpan);
            await written;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client does not take it.
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

        return _peers.GetOrAdd(server, id => new Peer(id, url, _link, _membership.ServerId, _http, _logger));
    }
}
