using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Scaler.AppHost;

/// <summary>Adds the commands that drain a server and resume it to each replica in the dashboard.</summary>
internal static class DrainCommands
{
    /// <summary>The name of the command that closes a server's clients and keeps new clients away.</summary>
    public const string Drain = "drain";

    /// <summary>The name of the command that lets a drained server accept clients again.</summary>
    public const string Resume = "resume";

    /// <summary>Adds the commands to the replicas of Scaler.Stream.</summary>
    /// <param name="stream">The servers.</param>
    /// <param name="apiKey">The key of their HTTP API, through which the commands reach a server.</param>
    /// <returns>The same resource builder, for chaining.</returns>
    public static IResourceBuilder<ProjectResource> WithDrainCommands(this IResourceBuilder<ProjectResource> stream, ParameterResource apiKey) => stream
        .WithServerCommand(apiKey, Drain, "Drain", "ArrowExit", "Closes the server's clients over its drain budget and accepts no new ones.")
        .WithServerCommand(apiKey, Resume, "Resume", "ArrowEnter", "Lets a drained server accept clients again.");

    private static IResourceBuilder<ProjectResource> WithServerCommand(
        this IResourceBuilder<ProjectResource> stream, ParameterResource apiKey, string action, string title, string icon, string description) =>
        stream.WithHttpCommand("/api/servers", title, endpointName: "http", commandName: action, new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            IconName = icon,
            Description = description,
            PrepareRequest = async context =>
            {
                // The endpoint is the one that all replicas share, so the request names the server; any server passes it on.
                var key = new AuthenticationHeaderValue("Bearer", await apiKey.GetValueAsync(context.CancellationToken));
                var servers = context.Request.RequestUri!;
                var id = await FindServerAsync(context.HttpClient, servers, key, context.ResourceName, context.CancellationToken);
                context.Request.RequestUri = new Uri($"{servers}/{id}/{action}");
                context.Request.Headers.Authorization = key;
            },
        });

    private static async Task<string> FindServerAsync(
        HttpClient http, Uri servers, AuthenticationHeaderValue key, string resource, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, servers) { Headers = { Authorization = key } };
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var list = await response.Content.ReadFromJsonAsync<ServerList>(cancellationToken);
        return list?.Servers.FirstOrDefault(server => server.Telemetry == resource)?.Id
            ?? throw new InvalidOperationException($"{resource} holds no lease in the cluster, so there is nothing to drain or resume.");
    }

    private sealed record ServerList(IReadOnlyList<Server> Servers);

    private sealed record Server(string Id, string? Telemetry);
}
