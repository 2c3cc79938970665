using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

/// <summary>
/// Provides information about the handshake request of a session. The session outlives that request, so this is a copy of a part
/// of it: the headers in <see cref="EngineIOOptions.KeptHeaders"/> and the query, together up to
/// <see cref="EngineIOOptions.MaxKeptHandshakeLength"/> characters. The complete request is available to the callbacks that get
/// its <see cref="HttpContext"/>. For example, <see cref="EngineIOOptions.AuthorizeAsync"/> can pass values to the session with
/// <see cref="EngineAuthorization.AllowWith"/>.
/// </summary>
public sealed class EngineHandshake
{
    private static readonly ClaimsPrincipal Anonymous = new(new ClaimsIdentity());

    private readonly KeyValuePair<string, string>[] _headers;
    private readonly string _query;
    private readonly ClaimsPrincipal? _user;

    internal EngineHandshake(HttpContext context, EngineIOOptions options, DateTimeOffset at)
    {
        var data = new HandshakeData(context.Request, options);
        _query = data.CopyQuery();
        _headers = data.CopyHeaders();
        IsTruncated = data.IsTruncated;
        _user = context.Features.Get<IHttpAuthenticationFeature>()?.User;
        RemoteAddress = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        Time = at;
    }

    /// <summary>
    /// Gets a new copy of the kept headers. A header that the request had several times has one value, joined by commas. Each
    /// access creates a collection.
    /// </summary>
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

    /// <summary>
    /// Gets the decoded query of the request without the parameters of the protocol (<c>EIO</c>, <c>transport</c>, <c>sid</c>,
    /// <c>t</c>, <c>j</c>, <c>b64</c>) and without <c>access_token</c>. Each access creates a collection.
    /// </summary>
    public IQueryCollection Query => new QueryCollection(QueryHelpers.ParseQuery(_query));

    /// <summary>
    /// Gets a value indicating whether <see cref="EngineIOOptions.MaxKeptHandshakeLength"/> was exceeded: a query parameter is
    /// missing, or the value of a header is cut.
    /// </summary>
    public bool IsTruncated { get; }

    /// <summary>Gets the number of characters that the session keeps of the headers and the query.</summary>
    internal int KeptLength => _query.Length + _headers.Sum(static header => header.Value.Length);

    /// <summary>Returns the value of a kept header without copying the other headers.</summary>
    /// <param name="name">The header name, case-insensitive.</param>
    /// <returns>
    /// The value, with multiple values joined by commas, or <see langword="null"/> if the request has no such header or
    /// <see cref="EngineIOOptions.KeptHeaders"/> does not contain it.
    /// </returns>
    public string? GetHeader(string name)
    {
        foreach (var (header, value) in _headers)
        {
            if (string.Equals(header, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
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
