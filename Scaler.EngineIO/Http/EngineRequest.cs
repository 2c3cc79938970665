using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Represents the Engine.IO parameters of an HTTP request. Names and values are case-sensitive, unlike the names of
/// <see cref="HttpRequest.Query"/>: <c>POLLING</c> is not a transport. A repeated <c>transport</c>, <c>sid</c> or <c>EIO</c> is
/// read as empty.
/// </summary>
internal readonly record struct EngineRequest
{
    /// <summary>Gets the requested transport, or <see langword="null"/> if it is missing or unknown.</summary>
    public EngineTransport? Transport { get; private init; }

    /// <summary>Gets the requested session id, which may be empty, or <see langword="null"/> if there is none.</summary>
    public string? Sid { get; private init; }

    /// <summary>Gets the protocol version: 4, 3, or 0 for any other value. A missing version is 3.</summary>
    public int Version { get; private init; }

    /// <summary>Gets a value indicating whether the client cannot receive binary data (protocol 3).</summary>
    public bool Base64Only { get; private init; }

    /// <summary>Gets the index of the client's JSONP callback, or <see langword="null"/> without JSONP.</summary>
    public string? JsonpIndex { get; private init; }

    /// <summary>Gets a value indicating whether this is a polling request with JSONP.</summary>
    public bool IsJsonp => JsonpIndex is not null && Transport == EngineTransport.Polling;

    /// <summary>Gets a value indicating whether the request asks for a WebSocket.</summary>
    public bool IsUpgrade { get; private init; }

    public static EngineRequest Read(HttpContext context)
    {
        var sid = context.Features.Get<ISessionIdFeature>()?.SessionId;
        string? transport = null, version = null, index = null;
        var base64Only = false;
        foreach (var pair in new QueryStringEnumerable(context.Request.QueryString.Value))
        {
            switch (pair.DecodeName().Span)
            {
                case "transport":
                    transport = transport is null ? pair.DecodeValue().ToString() : "";
                    break;
                case "sid":
                    sid = sid is null ? pair.DecodeValue().ToString() : "";
                    break;
                case "EIO":
                    version = version is null ? pair.DecodeValue().ToString() : "";
                    break;
                case "b64":
                    base64Only = !pair.EncodedValue.IsEmpty;
                    break;
                case "j":
                    index = pair.DecodeValue().ToString();
                    break;
            }
        }

        return new EngineRequest
        {
            Transport = transport switch
            {
                "polling" => EngineTransport.Polling,
                "websocket" => EngineTransport.WebSocket,
                _ => null,
            },
            Sid = sid,
            Version = version switch { "4" => 4, null or "3" => 3, _ => 0 },
            Base64Only = base64Only,
            JsonpIndex = index,
            IsUpgrade = IsWebSocketRequest(context),
        };
    }

    private static bool IsWebSocketRequest(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        }

        // Some proxies send an upgrade to HTTP/2 with each request, so check that the upgrade is to a WebSocket.
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HasWebSocketUpgrade(context.Request.Headers);
    }

    // Upgrade: websocket, or rarely a list of protocols.
    private static bool HasWebSocketUpgrade(IHeaderDictionary headers) =>
        string.Equals(headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase)
        || headers.GetCommaSeparatedValues("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase);
}
