using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler.EngineIO;

/// <summary>
/// Provides information about the handshake request of a session. The session outlives that request, so this is a copy. To save
/// memory per session, the header and query collections are created on access.
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
        Time = at;
    }

    /// <summary>Gets a new copy of the request headers. Each access creates a collection.</summary>
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

    /// <summary>Gets the decoded query of the request. Each access creates a collection.</summary>
    public IQueryCollection Query => new QueryCollection(QueryHelpers.ParseQuery(_query));

    /// <summary>Returns the value of a request header without copying the other headers.</summary>
    /// <param name="name">The header name, case-insensitive.</param>
    /// <returns>
    /// The value, with multiple values joined by commas, or <see langword="null"/> if the request has no such header.
    /// </returns>
    public string? GetHeader(string name)
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

    /// <summary>
    /// Gets the remote IP address of the connection, or <see langword="null"/> if the server does not provide one.
    /// </summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>
    /// Gets the authenticated user of the request, or an anonymous principal if the request was not authenticated.
    /// </summary>
    public ClaimsPrincipal User => _user ?? Anonymous;

    /// <summary>Gets the time of the handshake, in UTC.</summary>
    public DateTimeOffset Time { get; }
}
