using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Http;

/// <summary>Handles the WebSocket opening handshake (RFC 6455 section 4.2; RFC 8441 for HTTP/2).</summary>
internal sealed class WebSocketEndpoint(EngineRuntime runtime)
{
    /// <summary>
    /// Returns a value indicating whether a WebSocket request is valid. Callers refuse an invalid request instead of sending the
    /// 101 response.
    /// </summary>
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

    /// <summary>Completes the handshake and takes over the connection.</summary>
    /// <returns>The WebSocket, or <see langword="null"/> if the web server's limit on WebSockets is reached.</returns>
    public async ValueTask<WebSocketConnection?> AcceptAsync(HttpContext context)
    {
        var request = context.Request.Headers;
        var response = context.Response.Headers;

        // Browsers fail the connection if they offered subprotocols and the response selects none.
        if (request.SecWebSocketProtocol.Count > 0
            && request.GetCommaSeparatedValues("Sec-WebSocket-Protocol") is [var protocol, ..])
        {
            response.SecWebSocketProtocol = protocol;
        }

        var compression = runtime.Options.PerMessageDeflate.Enabled
            && DeflateNegotiation.IsAcceptable(request.SecWebSocketExtensions.ToString());
        if (compression)
        {
            response.SecWebSocketExtensions = DeflateNegotiation.AcceptedExtension;
        }

        // Disable Kestrel's minimum data rates: a client may be slow for a while, or never send a message. The heartbeat and the
        // queue limits detect dead and slow clients.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        if (await TryUpgradeAsync(context) is not { } stream)
        {
            response.Remove("Upgrade");
            response.Remove("Sec-WebSocket-Accept");
            response.Remove("Sec-WebSocket-Protocol");
            response.Remove("Sec-WebSocket-Extensions");
            return null;
        }

        return GetTransport(context, stream) is { } transport
            ? new WebSocketConnection(runtime, transport, compression)
            : new WebSocketConnection(
                runtime, stream, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), compression);
    }

    /// <summary>
    /// Returns the transport connection below Kestrel's HTTP layer if the WebSocket can use it directly; otherwise,
    /// <see langword="null"/>. After the 101 response HTTP/1.1 adds nothing to the bytes, but passing through it costs time for
    /// each message. The 101 response was written to the same transport, so the order is preserved.
    /// </summary>
    /// <remarks>
    /// The WebSocket cannot use the transport in three cases: HTTP/2 wraps the data in frames; TLS is a different transport; a
    /// stream that is not Kestrel's own belongs to middleware that observes the data.
    /// </remarks>
    private static ITransportConnection? GetTransport(HttpContext context, Stream stream) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && stream.GetType().Assembly == typeof(KestrelServerOptions).Assembly
            ? context.Features.Get<IConnectionTransportFeature>()?.Transport as ITransportConnection
            : null;

    private static async ValueTask<Stream?> TryUpgradeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return await connect.AcceptAsync();
        }

        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = WebSocketKey.ComputeAccept(context.Request.Headers.SecWebSocketKey.ToString());
        var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        try
        {
            return await upgrade.UpgradeAsync();
        }
        catch (InvalidOperationException) when (!context.Response.HasStarted)
        {
            // The request can be upgraded, see EngineRequest.IsUpgrade, so Kestrel's limit on upgraded connections is reached.
            return null;
        }
    }
}
