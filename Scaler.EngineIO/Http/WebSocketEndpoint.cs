using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Http;

/// <summary>The opening handshake of a WebSocket, RFC 6455 section 4.2, and RFC 8441 for HTTP/2.</summary>
internal sealed class WebSocketEndpoint(EngineRuntime runtime)
{
    /// <summary>Whether a request for a WebSocket is a right one. What is wrong is refused before the 101.</summary>
    public static bool IsValid(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.SecWebSocketVersion != "13")
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            return false;
        }

        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            return HttpMethods.IsConnect(context.Request.Method);
        }

        return HttpMethods.IsGet(context.Request.Method) && headers.SecWebSocketKey.Count == 1
            && WebSocketKey.IsValid(headers.SecWebSocketKey);
    }

    /// <summary>Answers the request and takes the connection over.</summary>
    public async ValueTask<WebSocketConnection> AcceptAsync(HttpContext context)
    {
        var request = context.Request.Headers;
        var response = context.Response.Headers;

        // Browsers end a connection whose offer of subprotocols is not answered with one of them.
        if (request.SecWebSocketProtocol.Count > 0
            && request.GetCommaSeparatedValues("Sec-WebSocket-Protocol") is [var protocol, ..])
        {
            response.SecWebSocketProtocol = protocol;
        }

        var compression = runtime.Options.PerMessageDeflate.Enabled && DeflateOffer.IsAcceptable(request.SecWebSocketExtensions.ToString());
        if (compression)
        {
            response.SecWebSocketExtensions = DeflateOffer.Answer;
        }

        // A client may be slow for a while, or silent for ever: heartbeat and queue limits are the judges of that.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        var stream = await TakeOverAsync(context);
        return TransportOf(context, stream) is { } transport
            ? new WebSocketConnection(runtime, transport, compression)
            : new WebSocketConnection(runtime, stream, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), compression);
    }

    /// <summary>
    /// What is below the web server's HTTP, where its output is the socket itself: from the 101 on, HTTP/1.1 has nothing to add to what passes, and
    /// the way through it costs each message. The 101 went the same way before. HTTP/2 puts it into frames, TLS is another transport, and a
    /// stream that is not the web server's own is somebody's who wants to see what passes.
    /// </summary>
    private static ITransportConnection? TransportOf(HttpContext context, Stream stream) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && stream.GetType().Assembly == typeof(KestrelServerOptions).Assembly
            ? context.Features.Get<IConnectionTransportFeature>()?.Transport as ITransportConnection
            : null;

    private static async ValueTask<Stream> TakeOverAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return await connect.AcceptAsync();
        }

        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = WebSocketKey.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
