using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Scaler.Stream.Api;

/// <summary>Who is connected, and the end of connections.</summary>
internal static class AccountEndpoints
{
    private const string Tag = "Accounts";
    private const int LongestName = 1024;
    private const int LongestId = 128;
    private const int MostTaken = 1000;

    public static void MapAccounts(this RouteGroupBuilder accounts, RouteGroupBuilder api)
    {
        api.MapGet("/accounts", ListAsync)
            .WithName("listAccounts")
            .WithTags(Tag)
            .WithSummary("Lists connected accounts, page by page")
            .WithDescription("In the order of their UTF-8 bytes. 'next' of a page is 'after' of the one behind it; the last page has none.");
        accounts.MapGet("", GetAsync)
            .WithName("getAccount")
            .WithTags(Tag)
            .WithSummary("Tells the connections of an account")
            .ProducesProblem(StatusCodes.Status404NotFound);
        accounts.MapDelete("", DisconnectAsync)
            .WithName("disconnectAccount")
            .WithTags(Tag)
            .WithSummary("Closes all connections of an account")
            .WithDescription("A client may connect again at once; keep it from that by authorization.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        accounts.MapDelete("/connections/{id}", DisconnectOneAsync)
            .WithName("disconnectConnection")
            .WithTags(Tag)
            .WithSummary("Closes one connection of an account")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<AccountPage>> ListAsync(
        Reads reads,
        [Description("What the accounts' names begin with. Default: all accounts."), StringLength(LongestName)] string prefix = "",
        [Description("The account that the page before ended with: its 'next'."), StringLength(LongestName)] string? after = null,
        [Description("How many accounts at most."), Range(1, MostTaken)] int take = 100,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await reads.AccountsAsync(prefix, after, take, cancellationToken));

    private static async Task<Results<Ok<AccountDetails>, ProblemHttpResult>> GetAsync(
        Reads reads,
        [Description("The account, percent-encoded: any name, '/' (%2F) too.")] string account,
        [Description("How many connections at most."), Range(1, MostTaken)] int take = 100,
        CancellationToken cancellationToken = default)
    {
        var connections = await reads.ConnectionsAsync(account, take + 1, cancellationToken);
        return connections.Count == 0
            ? ApiResults.NotFound("The account has no connection.")
            : TypedResults.Ok(new AccountDetails(account, [.. connections.Take(take)], connections.Count > take));
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> DisconnectAsync(
        ScalerServer server,
        [Description("The account, percent-encoded: any name, '/' (%2F) too.")] string account,
        CancellationToken cancellationToken) =>
        ApiResults.OfDisconnect(await server.Cluster.DisconnectAsync(account, cancellationToken), "The account has no connection.");

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> DisconnectOneAsync(
        ScalerServer server,
        [Description("The account, percent-encoded: any name, '/' (%2F) too.")] string account,
        [Description("The connection's id."), StringLength(LongestId)] string id,
        CancellationToken cancellationToken) =>
        ApiResults.OfDisconnect(await server.Cluster.DisconnectAsync(account, id, cancellationToken), "The account has no such connection.");
}
