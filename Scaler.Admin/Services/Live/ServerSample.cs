namespace Scaler.Admin.Services.Live;

/// <summary>Represents a server and its current rates.</summary>
/// <param name="Info">The server information from its lease.</param>
/// <param name="Rates">The rates per second, averaged over the last seconds.</param>
public sealed record ServerSample(ServerInfo Info, Rates Rates)
{
    /// <summary>Gets the number of connections that use HTTP long-polling.</summary>
    public int PollingConnections => Math.Max(0, Info.Connections - Info.WebSockets);
}
