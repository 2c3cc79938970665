namespace Scaler.Stream.Api;

/// <summary>Refuses compressed bodies (RFC 9110 section 8.4): they are small, and a limit on what they inflate to would be one more.</summary>
internal static class PlainBody
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
