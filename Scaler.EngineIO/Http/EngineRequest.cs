using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Scaler.EngineIO.Http;

/// <summary>
/// What a request asks for, read from it once. Names and values are compared exactly, unlike those of
/// <see cref="HttpRequest.Query"/>: <c>POLLING</c> is no transport. A key that is repeated has no value.
/// </summary>
internal readonly record struct EngineRequest
{
    /// <summary>The transport that is named; null when none or an unknown one is.</summary>
    public EngineTransport? Transport { get; private init; }

    /// <summary>The session that is named, which may be empty; null when none is.</summary>
    public string? Sid { get; private init; }

    /// <summary>The protocol version, 4 or 3; 0 for anything else.</summary>
    public int Version { get; private init; }

    /// <summary>The client can't take binary (v3).</summary>
    public bool Base64Only { get; private init; }

    /// <summary>The client loads polls as scripts: the index of its callback; null when it does not.</summary>
    public string? JsonpIndex { get; private init; }

    /// <summary>Whether the request asks for a WebSocket.</summary>
    public bool IsUpgrade { get; private init; }

    public static EngineRequest Read(HttpContext context)
    {
        string? transport = null, sid = null, version = null, index = null;
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
            Version = version switch { "4" => 4, "3" => 3, _ => 0 },
            Base64Only = base64Only,
            JsonpIndex = index,
            IsUpgrade = AsksForWebSocket(context),
        };
    }

    private static bool AsksForWebSocket(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        }

        // Some proxies ask for an upgrade to HTTP/2 with each request: that is not for us.
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && NamesWebSocket(context.Request.Headers);
    }

    // Upgrade: websocket; rarely a list
    private static bool NamesWebSocket(IHeaderDictionary headers) =>
        string.Equals(headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase)
        || headers.GetCommaSeparatedValues("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase);
}
