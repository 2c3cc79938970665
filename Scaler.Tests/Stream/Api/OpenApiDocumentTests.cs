using System.Text.Json;
using Microsoft.OpenApi;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests the OpenAPI document.</summary>
public sealed class OpenApiDocumentTests
{
    private static readonly string[] Operations =
    [
        "DELETE /api/accounts/{account} disconnectAccount(account) 200,400,401,404,429,503",
        "DELETE /api/accounts/{account}/connections/{id} disconnectConnection(account,id) 200,400,401,404,429,503",
        "GET /api/accounts listAccounts(after,prefix,take) 200,400,401,429,503",
        "GET /api/accounts/{account} getAccount(account,take) 200,400,401,404,429,503",
        "GET /api/servers listServers() 200,400,401,429,503",
        "POST /api/accounts/{account}/messages sendMessage(account,except,only,receipts,body) 200,400,401,413,415,429,503",
        "POST /api/messages sendMessageToEveryone(except,receipts,body) 200,400,401,413,415,429,503",
        "POST /api/servers/{id}/drain drainServer(id) 200,400,401,404,409,429,503,504",
        "POST /api/servers/{id}/resume resumeServer(id) 200,400,401,404,409,429,503,504",
    ];

    [Fact]
    public async Task Document_Parsed_IsValidAndDescribesEveryOperation()
    {
        await using var host = await ApiHost.StartAsync(UnconnectedRedis.Instance, "document");
        host.Client.DefaultRequestHeaders.Authorization = null;

        var (document, diagnostic) = OpenApiDocument.Parse(await host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)), "json");

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        var operations = document!.Paths.SelectMany(static path => path.Value.Operations!.Select(o => (path.Key, Method: o.Key.Method, Operation: o.Value))).ToList();
        Assert.Equal(Operations, operations.Select(static o =>
            $"{o.Method} {o.Key} {o.Operation.OperationId}({string.Join(',', (o.Operation.Parameters ?? []).Select(static p => p.Name).Order())}{(o.Operation.RequestBody is null ? "" : ",body")}) "
            + string.Join(',', o.Operation.Responses!.Keys.Order())).Order(StringComparer.Ordinal));
        foreach (var (_, _, operation) in operations)
        {
            Assert.NotEmpty(operation.Summary!);
            Assert.All(operation.Parameters ?? [], static parameter => Assert.NotEmpty(parameter.Description!));
            Assert.All(operation.Responses!, static response => Assert.True(response.Value.Description!.Length > 5, response.Key));
            Assert.All(operation.Responses!, static response => Assert.Equal(
                [response.Key == "200" ? "application/json" : "application/problem+json"], response.Value.Content!.Keys));
        }

        var scheme = Assert.Single(document.Components!.SecuritySchemes!).Value;
        Assert.Equal((SecuritySchemeType.Http, "bearer"), (scheme.Type, scheme.Scheme));
        Assert.Single(Assert.Single(document.Security!));
    }

    [Fact]
    public async Task Document_ForgedHostHeader_DoesNotAffectIt()
    {
        await using var host = await ApiHost.StartAsync(UnconnectedRedis.Instance, "document");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v1.json", UriKind.Relative));
        request.Headers.Host = "evil.example";
        using var response = await host.Client.SendAsync(request);

        Assert.DoesNotContain("evil", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(await host.Client.GetStringAsync(new Uri("/openapi/v1.json?x=y", UriKind.Relative)));
        Assert.Equal("/", document.RootElement.GetProperty("servers")[0].GetProperty("url").GetString());
    }
}
