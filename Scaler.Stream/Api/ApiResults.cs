using Microsoft.AspNetCore.Http.HttpResults;

namespace Scaler.Stream.Api;

/// <summary>Converts the result of an operation to an HTTP result.</summary>
internal static class ApiResults
{
    public static Results<Ok<SendResult>, ProblemHttpResult> FromSend(SendResult result) => result.ClusterReached
        ? TypedResults.Ok(result)
        : TypedResults.Problem(
            "Redis is unavailable, so only connections of the responding server were reached; 'result' has their number. "
                + "A retry reaches these connections again.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            extensions: new Dictionary<string, object?> { ["result"] = result });

    public static Results<Ok<SendResult>, ProblemHttpResult> FromDisconnect(SendResult result, string notFoundDetail) =>
        result is { IsComplete: true, Connections: 0 } ? NotFound(notFoundDetail) : FromSend(result);

    public static ProblemHttpResult BadRequest(string problem) =>
        TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NotFound(string problem) =>
        TypedResults.Problem(problem, statusCode: StatusCodes.Status404NotFound);
}
