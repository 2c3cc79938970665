using System.ComponentModel;

namespace Scaler.Stream.Api;

/// <summary>A server of the cluster, as the HTTP API describes it.</summary>
internal sealed record ServerDetails(
    [property: Description("The server's id.")] string Id,
    [property: Description("The name of the process in its telemetry: service name and instance, joined by a dash; null if it has none.")] string? Telemetry,
    [property: Description("The state: 'up' or 'draining'.")] string State,
    [property: Description("The version of the Scaler library.")] string? Version,
    DateTimeOffset StartedAt,
    int Connections,
    int WebSockets,
    int Accounts,
    long QueuedBytes,
    [property: Description("The servers that this server cannot reach, at most 10.")]
    IReadOnlyList<UnreachableServer> Unreachable)
{
    public static ServerDetails Of(ServerInfo server) => new(
        server.Id, server.Telemetry, Name(server.State), server.Version, server.StartedAt, server.Connections, server.WebSockets, server.Accounts,
        server.QueuedBytes, server.Unreachable);

    public static string Name(ServerState state) => state == ServerState.Up ? "up" : "draining";
}

/// <summary>The state that a server accepted to change to.</summary>
internal sealed record ServerStateChange(
    string Id,
    [property: Description("The state: 'up' or 'draining'.")] string State)
{
    public static ServerStateChange Of(string id, ServerState state) => new(id, ServerDetails.Name(state));
}

/// <summary>The servers of the cluster that hold a lease.</summary>
internal sealed record ServerList(IReadOnlyList<ServerDetails> Servers);
