using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler.EngineIO;

/// <summary>
/// What the request of a handshake said. It is a compact copy: a session lives longer than its first request, and there are many
/// of them, so collections are made when they are asked for.
/// </summary>
public sealed class EngineHandshake
{
    private static readonly ClaimsPrincipal Anonymous = new(new ClaimsIdentity());

    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly string _query;
    private readonly ClaimsPrincipal? _user;

    internal EngineHandshake(HttpContext context, DateTimeOffset at)
    {
        var request = context.Request;
        _headers = new KeyValuePair<string, StringValues>[request.Headers.Count];
        request.Headers.CopyTo(_headers, 0);
        _query = request.QueryString.Value ?? "";
        _user = context.Features.Get<IHttpAuthenticationFeature>()?.User;
        RemoteAddress = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        At = at;
    }

    /// <summary>The request's headers; a new copy with each call.</summary>
    public IHeaderDictionary Headers
    {
        get
        {
            var headers = new HeaderDictionary(_headers.Length);
            foreach (var (name, value) in _headers)
            {
                headers[name] = value;
            }

            return headers;
        }
    }

    /// <summary>The request's query, decoded; a new copy with each call.</summary>
    public IQueryCollection Query => new QueryCollection(QueryHelpers.ParseQuery(_query));

    /// <summary>One of the request's headers, without copying the others; several values are joined by commas. Null where it has none.</summary>
    /// <param name="name">The header's name, in any case.</param>
    public string? Header(string name)
    {
        foreach (var (header, value) in _headers)
        {
            if (string.Equals(header, name, StringComparison.OrdinalIgnoreCase))
            {
                return value.ToString();
            }
        }

        return null;
    }

    /// <summary>The client's address, as the server saw it; null when the server has none.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>Who the request was authenticated as; an anonymous principal when it was not.</summary>
    public ClaimsPrincipal User => _user ?? Anonymous;

    /// <summary>When the handshake was.</summary>
    public DateTimeOffset At { get; }
}
