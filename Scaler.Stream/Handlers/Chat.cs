namespace Scaler.Stream.Handlers;

/// <summary>Hands a message to all other connections of the sender's account, on all servers.</summary>
internal static class Chat
{
    public const string Event = "chat";
    private const int MaxLength = 10_000;

    public static ScalerServer AddChat(this ScalerServer server)
    {
        server.Validate<string>(Event, text => text switch
        {
            null or "" => "a chat message needs a text as its first argument",
            { Length: > MaxLength } => $"the text has {text.Length} characters, at most {MaxLength} are allowed",
            _ => null,
        });
        server.On(Event, async (connection, message, cancellationToken) =>
            await connection.Account.SendAsync(message, new SendOptions { Except = connection.Id }, cancellationToken));
        return server;
    }
}
