using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Scaler.Stream.Api;

/// <summary>Maps the endpoints that list accounts and close connections.</summary>
internal static class AccountEndpoints
{
    private const string Tag = "Accounts";
    private const int MaxNameLength = 1024;
    private const int MaxIdLength = 128;
    private const int MaxTake = 1000;

    public static void MapAccounts(this RouteGroupBuilder accounts, RouteGroupBuilder api)
    {
        api.MapGet("/accounts", ListAsync)
            .WithName("listAccounts")
            .WithTags(Tag)
            .WithSummary("Lists the connected accounts, one page at a time")
            .WithDescription(
                "Accounts are ordered by the UTF-8 bytes of their names. "
                + "Pass 'next' of a page as 'after' to get the following page. The last page has no 'next'.");
        accounts.MapGet("", GetAsync)
            .WithName("getAccount")
            .WithTags(Tag)
            .WithSummary("Gets the connections of an account")
            .ProducesProblem(StatusCodes.Status404NotFound);
        accounts.MapDelete("", DisconnectAsync)
            .WithName("disconnectAccount")
            .WithTags(Tag)
            .WithSummary("Closes all connections of an account")
            .WithDescription("A client can reconnect immediately. Use authorization to prevent that.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        accounts.MapDelete("/connections/{id}", DisconnectOneAsync)
            .WithName("disconnectConnection")
            .WithTags(Tag)
            .WithSummary("Closes one connection of an account")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<AccountPage>> ListAsync(
        RegistryReader reads,
        [Description("The prefix of the account names. Default: all accounts."), StringLength(MaxNameLength)] string prefix = "",
        [Description("The last account of the previous page: its 'next'."), StringLength(MaxNameLength)] string? after = null,
        [Description("The maximum number of accounts."), Range(1, MaxTake)] int take = 100,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await reads.GetAccountsAsync(prefix, after, take, cancellationToken));

    private static async Task<Results<Ok<AccountDetails>, ProblemHttpResult>> GetAsync(
        RegistryReader reads,
        [Description("The account name, percent-encoded. Encode '/' as %2F.")] string account,
        [Description("The maximum number of connections."), Range(1, MaxTake)] int take = 100,
        CancellationToken cancellationToken = default)
    {
        var connections = await reads.GetConnectionsAsync(account, take + 1, cancellationToken);
        return connections.Count == 0
            ? ApiResults.NotFound("The account has no connections.")
            : TypedResults.Ok(new AccountDetails(account, [.. connections.Take(take)], connections.Count > take));
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> DisconnectAsync(
        ScalerServer server,
        [Description("The account name, percent-encoded. Encode '/' as %2F.")] string account,
        CancellationToken cancellationToken) =>
        ApiResults.FromDisconnect(
            await server.Cluster.DisconnectAsync(account, cancellationToken), "The account has no connections.");

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> DisconnectOneAsync(
        ScalerServer server,
        [Description("The account name, percent-encoded. Encode '/' as %2F.")] string account,
        [Description("The connection id."), StringLength(MaxIdLength)] string id,
        CancellationToken cancellationToken) =>
        ApiResults.FromDisconnect(
            await server.Cluster.DisconnectAsync(account, id, cancellationToken), "The account has no such connection.");
}
