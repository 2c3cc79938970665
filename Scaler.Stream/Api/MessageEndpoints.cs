using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Scaler.Stream.Api;

/// <summary>Sends messages to clients.</summary>
internal static class MessageEndpoints
{
    private const int LongestId = 128;
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
                "To all its connections, on whichever servers they are. That nobody is connected is no error: the result says 0. "
                + "Delivery is at most once; nothing is kept for clients that come later.");
        api.MapPost("/messages", BroadcastAsync)
            .WithName("sendMessageToEveryone")
            .WithTags(Tag)
            .Accepts<MessageBody>(MediaTypeNames.Application.Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithSummary("Sends a message to all connections of all accounts")
            .WithDescription(
                "To every account, on all servers. Mind names that a user has typed: the URL of an account named '..' is shortened to this one by most clients.");
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> SendAsync(
        ScalerServer server,
        [Description("The account, percent-encoded: any name, '/' (%2F) too.")] string account,
        [FromBody] MessageBody message,
        [Description("Waits until every server has said how many connections took the message; the result then counts those.")] bool receipts = false,
        [Description("The id of the only connection that is meant."), StringLength(LongestId)] string? only = null,
        [Description("The id of a connection that is left out."), StringLength(LongestId)] string? except = null,
        CancellationToken cancellationToken = default)
    {
        return message.Problem() is { } problem
            ? ApiResults.BadRequest(problem)
            : ApiResults.Of(await server.Account(account).SendAsync(
                message.Event, message.Arguments(), new SendOptions { Receipts = receipts, Only = only, Except = except }, cancellationToken));
    }

    private static async Task<Results<Ok<SendResult>, ProblemHttpResult>> BroadcastAsync(
        ScalerServer server,
        [FromBody] MessageBody message,
        [Description("Waits until every server has said how many connections took the message; the result then counts those.")] bool receipts = false,
        [Description("The id of a connection that is left out."), StringLength(LongestId)] string? except = null,
        CancellationToken cancellationToken = default)
    {
        return message.Problem() is { } problem
            ? ApiResults.BadRequest(problem)
            : ApiResults.Of(await server.Cluster.BroadcastAsync(
                message.Event, message.Arguments(), new SendOptions { Receipts = receipts, Except = except }, cancellationToken));
    }
}
