using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Scaler.Stream.Api;

/// <summary>Lists the servers of the cluster, drains a server and resumes it.</summary>
internal static class ServerEndpoints
{
    private const string Tag = "Servers";
    private const int MaxIdLength = 32;

    public static void MapServers(this RouteGroupBuilder api)
    {
        api.MapGet("/servers", ListAsync)
            .WithName("listServers")
            .WithTags(Tag)
            .WithSummary("Lists the servers of the cluster that hold a lease");
        api.MapPost("/servers/{id}/drain", DrainAsync)
            .WithName("drainServer")
            .WithTags(Tag)
            .WithSummary("Drains a server")
            .WithDescription(
                "The server reports that it is not ready, refuses handshakes, and closes its clients over its drain budget. It keeps running "
                + "until it is stopped or resumed.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
        api.MapPost("/servers/{id}/resume", ResumeAsync)
            .WithName("resumeServer")
            .WithTags(Tag)
            .WithSummary("Lets a drained server accept clients again")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
    }

    private static async Task<Ok<ServerList>> ListAsync(RegistryReader reads, CancellationToken cancellationToken)
    {
        var servers = await reads.ServersAsync(cancellationToken);
        return TypedResults.Ok(new ServerList([.. servers.Where(s => s.State != ServerState.Dead).Select(ServerDetails.Of)]));
    }

    private static async Task<Results<Ok<ServerStateChange>, ProblemHttpResult>> DrainAsync(
        ScalerServer server,
        [Description("The server's id."), StringLength(MaxIdLength)] string id,
        CancellationToken cancellationToken) =>
        Result(id, ServerState.Draining, await server.Cluster.DrainAsync(id, cancellationToken));

    private static async Task<Results<Ok<ServerStateChange>, ProblemHttpResult>> ResumeAsync(
        ScalerServer server,
        [Description("The server's id."), StringLength(MaxIdLength)] string id,
        CancellationToken cancellationToken) =>
        Result(id, ServerState.Up, await server.Cluster.ResumeAsync(id, cancellationToken));

    private static Results<Ok<ServerStateChange>, ProblemHttpResult> Result(string id, ServerState state, ServerRequestResult answer) => answer switch
    {
        ServerRequestResult.Accepted => TypedResults.Ok(ServerStateChange.Of(id, state)),
        ServerRequestResult.Refused => Problem("The server is about to stop.", StatusCodes.Status409Conflict),
        ServerRequestResult.ServerNotFound => Problem("No server with this id holds a lease.", StatusCodes.Status404NotFound),
        _ => Problem("The server did not answer in time; the request may take effect or not.", StatusCodes.Status504GatewayTimeout),
    };

    private static ProblemHttpResult Problem(string detail, int status) => TypedResults.Problem(detail, statusCode: status);
}
