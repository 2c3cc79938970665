using Microsoft.OpenApi;

namespace Scaler.Stream.Api;

/// <summary>What the OpenAPI document says beyond what the endpoints show: whose it is, the key, and what every answer means.</summary>
internal static class ApiDocument
{
    private const string SchemeName = "key";
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>Maps it. It takes long to make and needs no key, so it is made once, whatever the request says of its host and query.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase), static document => document.UseOutputCache());
        app.MapOpenApi().CacheOutput(policy => policy.Expire(Kept).SetVaryByHost(false).SetVaryByQuery([]));
    }

    public static void AddApiDocument(this IServiceCollection services) => services.AddOutputCache().AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Scaler",
                Version = "v1",
                Description = "Reaches the clients of a Scaler cluster from any language. Every server answers for the whole cluster. "
                    + "Errors are problem details (RFC 9457).",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [SchemeName] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "One of the keys in the servers' configuration, Scaler:Api:Keys.",
                },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            foreach (var (status, response) in operation.Responses ?? [])
            {
                if (ApiStatus.Meaning(status) is { } meaning)
                {
                    response.Description = meaning;
                }
            }

            return Task.CompletedTask;
        });
    });
}
