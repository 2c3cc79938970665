namespace Scaler.Stream.Handlers;

/// <summary>Sends a chat message to all other connections of the sender's account, on all servers.</summary>
internal static class Chat
{
    public const string Event = "chat";
    private const int MaxLength = 10_000;

    public static ScalerServer AddChat(this ScalerServer server)
    {
        server.Validate<string>(Event, text => text switch
        {
            null or "" => "the first argument of a chat message must be a non-empty text",
            { Length: > MaxLength } => $"the text has {text.Length} characters, at most {MaxLength} are allowed",
            _ => null,
        });
        server.On(Event, async (connection, message, cancellationToken) =>
            await connection.Account.SendAsync(message, new SendOptions { Except = connection.Id }, cancellationToken));
        return server;
    }
}
