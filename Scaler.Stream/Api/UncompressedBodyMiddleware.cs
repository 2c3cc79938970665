namespace Scaler.Stream.Api;

/// <summary>
/// Rejects compressed bodies (RFC 9110 section 8.4). Bodies are small, and support for compression would require another limit,
/// on the decompressed size.
/// </summary>
internal static class UncompressedBodyMiddleware
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.Count == 0)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        context.Response.Headers.AcceptEncoding = "identity";
        return Task.CompletedTask;
    }
}
