using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using StackExchange.Redis;

namespace Scaler.Stream.Api;

/// <summary>Makes problem details (RFC 9457) of what an endpoint throws; what it does not know stays a fault of the server.</summary>
internal sealed class ApiProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public const string RedisAway = "Redis is away, so the cluster cannot be asked.";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } bad => (bad.StatusCode, NoMessage(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => (bad.StatusCode, bad.Message),
            BadHttpRequestException bad => (bad.StatusCode, null),
            RedisException or TimeoutException => (StatusCodes.Status503ServiceUnavailable, RedisAway),
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

    private static string NoMessage(JsonException json) =>
        $"The body is no message: {json.Message.Replace(typeof(MessageBody).FullName!, "message", StringComparison.Ordinal)}";
}
