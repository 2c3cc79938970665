namespace Scaler.Stream.Handlers;

/// <summary>Sends a message back to its sender with the same event and arguments.</summary>
internal static class Echo
{
    public const string Event = "echo";

    public static ScalerServer AddEcho(this ScalerServer server)
    {
        server.On(Event, async (connection, message, cancellationToken) =>
            await connection.SendAsync(message, cancellationToken));
        return server;
    }
}
