using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Scaler.Stream.Api;

/// <summary>Maps the endpoints that send messages to clients.</summary>
internal static class MessageEndpoints
{
    private const int MaxIdLength = 128;
    private const string Tag = "Messages";

    public static void MapMessages(this RouteGroupBuilder accounts, RouteGroupBuilder api)
    {
        accounts.MapPost("/messages", SendAsync)
            .WithName("sendMessage")
            .WithTags(Tag)
            .Accepts<MessageBody>(MediaTypeNames.Application.Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithSummary("Sends a message to the connections of an account")
            .WithDescription(
                "Sends to all connections of the account, on all servers. It is not an error if the account has no connections: "
                + "the result is 0. Delivery is at most once; messages are not stored for clients that connect later.");
        api.MapPost("/messages", BroadcastAsync)
            .WithName("sendMessageToEveryone")
            .WithTags(Tag)
            .Accepts<MessageBody>(MediaTypeNames.Application.Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithSummary("Sends a message to all connections of all accounts")
            .WithDescription(
                "Sends to every account, on all servers. Be careful with account names from user input: "
                + "most HTTP clients shorten the URL of an account named '..' to this one.");
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> SendAsync(
        ScalerServer server,
        [Description("The account name, percent-encoded. Encode '/' as %2F.")] string account,
        [FromBody] MessageBody message,
        [Description("Waits until every server has reported how many connections queued the message; the result counts those.")]
        bool receipts = false,
        [Description("The id of the only connection to send to."), StringLength(MaxIdLength)] string? only = null,
        [Description("The id of a connection to exclude. Not together with 'only'."), StringLength(MaxIdLength)] string? except = null,
        CancellationToken cancellationToken = default)
    {
        var problem = only is not null && except is not null ? "'only' and 'except' cannot be combined." : message.Validate();
        return problem is not null
            ? ApiResults.BadRequest(problem)
            : ApiResults.FromSend(await server.GetAccount(account).SendAsync(
                message.Event, message.GetArguments(), new SendOptions { Receipts = receipts, Only = only, Except = except },
                cancellationToken));
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> BroadcastAsync(
        HttpRequest request,
        ScalerServer server,
        [FromBody] MessageBody message,
        [Description("Waits until every server has reported how many connections queued the message; the result counts those.")]
        bool receipts = false,
        [Description("The id of a connection to exclude."), StringLength(MaxIdLength)] string? except = null,
        CancellationToken cancellationToken = default)
    {
        // A message for one connection must not reach all others because the account is missing in the URL.
        var problem = request.Query.ContainsKey("only")
            ? "'only' is not supported here. Send to the account of the connection: /api/accounts/{account}/messages."
            : message.Validate();
        return problem is not null
            ? ApiResults.BadRequest(problem)
            : ApiResults.FromSend(await server.BroadcastAsync(
                message.Event, message.GetArguments(), new BroadcastOptions { Receipts = receipts, Except = except },
                cancellationToken));
    }
}
