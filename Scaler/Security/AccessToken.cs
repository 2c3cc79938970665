using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler;

/// <summary>Reads the bearer token of a request (RFC 6750).</summary>
internal static class AccessToken
{
    public const string Parameter = "access_token";

    private const string Bearer = "Bearer ";

    /// <summary>
    /// Moves the tokens from the query to the Authorization header before other code reads the URL. Logs, traces and forwarded
    /// requests then contain a URL without tokens.
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
                (rest ??= new StringBuilder())
                    .Append(rest.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
            }
        }

        request.QueryString = rest?.ToString() ?? "";
        request.RawTarget = request.RawTarget.Split('?')[0] + request.QueryString;
        request.Headers.Authorization = StringValues.Concat(request.Headers.Authorization, tokens);
    }

    /// <summary>
    /// Returns the token of a request, or <see langword="null"/> if the request has no token or more than one credential.
    /// </summary>
    public static string? Read(HttpRequest request) => CountCredentials(request) == 1
        && request.Headers.Authorization.ToString() is { Length: > 7 } header
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        ? header[Bearer.Length..].Trim() : null;

    /// <summary>Returns the number of Authorization values of a request.</summary>
    public static int CountCredentials(HttpRequest request) => request.Headers.Authorization.Count;
}
