using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace Scaler.Stream.Api;

/// <summary>Converts exceptions of endpoints to problem details (RFC 9457). Unknown exceptions remain server errors.</summary>
internal sealed class ApiExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public const string RedisUnavailable = "Redis is unavailable, so the cluster cannot be queried.";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } bad => (bad.StatusCode, InvalidMessage(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => (bad.StatusCode, bad.Message),
            BadHttpRequestException bad => (bad.StatusCode, null),
            _ when RedisFailure.Is(exception, httpContext.RequestAborted) =>
                (StatusCodes.Status503ServiceUnavailable, RedisUnavailable),
            _ => (0, null),
        };
        if (status == 0)
        {
            return false;
        }

        httpContext.Response.StatusCode = status;
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Detail = detail },
        });
        return true;
    }

    private static string InvalidMessage(JsonException json) =>
        "The body is not a valid message: "
        + json.Message.Replace(typeof(MessageBody).FullName!, "message", StringComparison.Ordinal);
}
