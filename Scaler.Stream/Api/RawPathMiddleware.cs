using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Scaler.Stream.Api;

/// <summary>
/// Reads route values from the raw request path. Routing uses a decoded path in which <c>a%2Fb</c> and <c>a%252Fb</c> are
/// equal, and <c>accounts/%2E%2E/messages</c> has become <c>messages</c>. The first would select another account, the second a
/// broadcast.
/// </summary>
internal static class RawPathMiddleware
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return next(context);
        }

        var problem = Read(context, endpoint.RoutePattern);
        return problem is null ? next(context) : problem.ExecuteAsync(context);
    }

    private static ProblemHttpResult? Read(HttpContext context, RoutePattern pattern)
    {
        var segments = Segments(context);
        if (segments.Length != pattern.PathSegments.Count)
        {
            return TypedResults.Problem(
                "The path has an extra slash, or a segment '.' or '..'. This API accepts only the paths in its OpenAPI document.",
                statusCode: StatusCodes.Status404NotFound);
        }

        for (var i = 0; i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart parameter])
            {
                if (Decode(segments[i]) is not { } value)
                {
                    return TypedResults.Problem(
                        $"The path parameter '{parameter.Name}' is not valid percent-encoded UTF-8.",
                        statusCode: StatusCodes.Status400BadRequest);
                }

                context.Request.RouteValues[parameter.Name] = value;
            }
        }

        return null;
    }

    private static string[] Segments(HttpContext context)
    {
        // Origin form "/api/accounts/a%2Fb?x=y" or absolute form "http://host/api/…" (RFC 9112 section 3.2).
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var start = target.StartsWith('/') ? 0 : target.IndexOf('/', target.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var mounted = context.Request.PathBase.Value?.Count(character => character == '/') ?? 0;
        return target[start..(end < 0 ? target.Length : end)].Split('/')[(1 + mounted)..];
    }

    private static string? Decode(string segment)
    {
        var bytes = new List<byte>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            var character = segment[i];
            if (character == '%' && i + 2 < segment.Length
                && byte.TryParse(
                    segment.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var decoded))
            {
                bytes.Add(decoded);
                i += 2;
            }
            else if (character != '%' && char.IsAscii(character))
            {
                bytes.Add((byte)character);
            }
            else
            {
                return null;
            }
        }

        try
        {
            return Utf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
