using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler;

/// <summary>The bearer token of a request, RFC 6750.</summary>
internal static class AccessToken
{
    public const string Parameter = "access_token";

    private const string Bearer = "Bearer ";

    /// <summary>
    /// Moves the tokens of a query into the header, before anybody has seen the URL: logs, traces and whoever the request is forwarded
    /// to get a URL without them.
    /// </summary>
    public static void MoveToHeader(IHttpRequestFeature request)
    {
        if (string.IsNullOrEmpty(request.QueryString))
        {
            return;
        }

        var tokens = StringValues.Empty;
        StringBuilder? rest = null;
        foreach (var pair in new QueryStringEnumerable(request.QueryString))
        {
            if (pair.DecodeName().Span.SequenceEqual(Parameter))
            {
                tokens = StringValues.Concat(tokens, Bearer + pair.DecodeValue());
            }
        }

        if (tokens.Count == 0)
        {
            return;
        }

        foreach (var pair in new QueryStringEnumerable(request.QueryString))
        {
            if (!pair.DecodeName().Span.SequenceEqual(Parameter))
            {
                (rest ??= new StringBuilder()).Append(rest.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
            }
        }

        request.QueryString = rest?.ToString() ?? "";
        request.RawTarget = request.RawTarget.Split('?')[0] + request.QueryString;
        request.Headers.Authorization = StringValues.Concat(request.Headers.Authorization, tokens);
    }

    /// <summary>The token of a request; null where there is none, or more than one.</summary>
    public static string? Read(HttpRequest request) => Count(request) == 1
        && request.Headers.Authorization.ToString() is { Length: > 7 } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        ? header[Bearer.Length..].Trim() : null;

    /// <summary>How many credentials a request has.</summary>
    public static int Count(HttpRequest request) => request.Headers.Authorization.Count;
}
