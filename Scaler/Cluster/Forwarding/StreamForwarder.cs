using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;
using Scaler.EngineIO;
using Yarp.ReverseProxy.Forwarder;
using KestrelServerOptions = Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions;

namespace Scaler.Cluster.Forwarding;

/// <summary>Forwards requests and responses as streams over HTTP: WebSockets, and bodies that are long or slow.</summary>
internal sealed partial class StreamForwarder(
    IHttpForwarder forwarder, ClusterNode node, string serverId, TimeSpan responseTimeout, KestrelServerOptions kestrel,
    ILogger logger)
    : IDisposable
{
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = responseTimeout };
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = DistributedContextPropagator.Current,
        ConnectTimeout = node.Options.Cluster.ForwardConnectTimeout,
        SslOptions = ServerTls.CreateOptions(node.Options.Cluster),

        // Kestrel decodes request headers as UTF-8 by default, HttpClient encodes them as ASCII. Use Kestrel's encodings, so that
        // each header that this server accepted passes unchanged.
        RequestHeaderEncodingSelector = (name, _) => kestrel.RequestHeaderEncodingSelector(name) ?? Encoding.UTF8,
        ResponseHeaderEncodingSelector = (name, _) => kestrel.ResponseHeaderEncodingSelector(name),
    });

    /// <summary>Forwards a request and its response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="url">The URL of the server that holds the session.</param>
    /// <param name="stopping">A token that ends the stream because this server stops.</param>
    /// <returns>
    /// <see langword="true"/> if the request was forwarded; <see langword="false"/> if the server is unreachable and no response
    /// has been written.
    /// </returns>
    public async ValueTask<bool> TryForwardAsync(HttpContext context, string sid, string url, CancellationToken stopping)
    {
        var header = ForwardHeader.Write(
            serverId, ForwardedRequest.Describe(context), sid, node.Time.GetUtcNow(), node.Secret);
        var prefix = url.TrimEnd('/') + context.Request.PathBase.ToUriComponent();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var error = await forwarder.SendAsync(context, prefix, _client, _config, new ForwardTransformer(header), ending.Token);
        if (error != ForwarderError.None && !IsClientFault(error))
        {
            LogFailed(LogText.Escape(url), error);
        }

        if (error is ForwarderError.Request or ForwarderError.RequestTimedOut && !context.Response.HasStarted)
        {
            // The server is unreachable, even if its lease is still running. Its sessions are gone.
            node.Metrics.RequestForwarded("unreachable", "http");
            context.Response.Clear();
            return false;
        }

        if (error == ForwarderError.RequestBodyClient && !IsBodyRejected(context))
        {
            // The client disconnected while sending the body. Kestrel may not have noticed: it would try to read the rest of the
            // body and log an error.
            context.Abort();
        }

        node.Metrics.RequestForwarded(error == ForwarderError.None ? "forwarded" : error.ToString(), "http");
        return true;
    }

    public void Dispose() => _client.Dispose();

    // The client disconnected, sent a malformed body, or did not read the response.
    private static bool IsClientFault(ForwarderError error) => error
        is ForwarderError.RequestCanceled
        or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeRequestClient
        or ForwarderError.UpgradeResponseCanceled or ForwarderError.UpgradeResponseClient;

    [LoggerMessage(1, LogLevel.Warning, "A request could not be forwarded to the server at {Url}: {Error}.")]
    private partial void LogFailed(string url, ForwarderError error);

    /// <summary>
    /// Returns <see langword="true"/> if this server rejected the body as too slow, too large or malformed. The client is still
    /// connected and must receive the error response.
    /// </summary>
    private static bool IsBodyRejected(HttpContext context) => context.GetForwarderErrorFeature()?.Exception switch
    {
        AggregateException all => all.Flatten().InnerExceptions.Any(static exception => exception is BadHttpRequestException),
        var exception => exception is BadHttpRequestException,
    };
}
