using Microsoft.OpenApi;

namespace Scaler.Stream.Api;

/// <summary>
/// Configures the OpenAPI document. It adds the title, the security scheme and the description of each status code to the
/// endpoints' metadata.
/// </summary>
internal static class ApiDocument
{
    private const string SchemeName = "key";
    private static readonly TimeSpan CacheDuration = TimeSpan.FromHours(1);

    /// <summary>
    /// Maps the document. It is expensive to generate and needs no API key, so the response is cached independently of the host
    /// and query of the request.
    /// </summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase),
            static document => document.UseOutputCache());
        app.MapOpenApi().CacheOutput(policy => policy.Expire(CacheDuration).SetVaryByHost(false).SetVaryByQuery([]));
    }

    public static void AddApiDocument(this IServiceCollection services) => services.AddOutputCache().AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Scaler",
                Version = "v1",
                Description = "Sends messages to the clients of a Scaler cluster from any language. "
                    + "Any server can handle a request for the whole cluster. Errors are problem details (RFC 9457).",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [SchemeName] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "One of the API keys in Scaler:Api:Keys of the server configuration.",
                },
            };
            document.Security =
                [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            foreach (var (status, response) in operation.Responses ?? [])
            {
                if (ApiStatusDescriptions.GetDescription(status) is { } meaning)
                {
                    response.Description = meaning;
                }
            }

            return Task.CompletedTask;
        });
    });
}
