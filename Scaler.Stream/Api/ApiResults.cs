using Microsoft.AspNetCore.Http.HttpResults;

namespace Scaler.Stream.Api;

/// <summary>What came of a request, as an answer of HTTP.</summary>
internal static class ApiResults
{
    public static Results<Ok<SendResult>, ProblemHttpResult> Of(SendResult result) => result.ClusterReached
        ? TypedResults.Ok(result)
        : TypedResults.Problem(
            "Redis is away, so only connections of the server that answers were reached; 'result' tells how many. Another try reaches them again.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            extensions: new Dictionary<string, object?> { ["result"] = result });

    public static Results<Ok<SendResult>, ProblemHttpResult> OfDisconnect(SendResult result, string nobody) =>
        result is { IsComplete: true, Connections: 0 } ? NotFound(nobody) : Of(result);

    public static ProblemHttpResult BadRequest(string problem) => TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NotFound(string problem) => TypedResults.Problem(problem, statusCode: StatusCodes.Status404NotFound);
}
