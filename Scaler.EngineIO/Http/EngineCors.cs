using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO.Http;

/// <summary>Adds CORS headers to every response, including errors, so that pages can read the error.</summary>
internal sealed class EngineCors(EngineIOCorsOptions options, OriginPolicy origins)
{
    private readonly CorsPolicy _policy = CreatePolicy(options, origins);

    // CorsService would log the origin of each refused request as the client wrote it. RefusedOriginLog logs refused origins.
    private readonly CorsService _service = new(Options.Create(new CorsOptions()), NullLoggerFactory.Instance);

    public void Apply(HttpContext context) => _service.ApplyResult(_service.EvaluatePolicy(context, _policy), context.Response);

    private static CorsPolicy CreatePolicy(EngineIOCorsOptions options, OriginPolicy origins)
    {
        var builder = new CorsPolicyBuilder();
        if (origins.AllowsAnyOrigin)
        {
            builder.AllowAnyOrigin();
        }
        else
        {
            builder.SetIsOriginAllowed(origins.IsListed);
        }

        builder.WithMethods(options.Methods.Count > 0 ? [.. options.Methods] : [HttpMethods.Get, HttpMethods.Post]);
        builder = options.AllowedHeaders.Count > 0 ? builder.WithHeaders([.. options.AllowedHeaders]) : builder.AllowAnyHeader();
        builder.WithExposedHeaders([.. options.ExposedHeaders]);
        if (options.Credentials)
        {
            builder.AllowCredentials();
        }

        if (options.MaxAge is { } maxAge)
        {
            builder.SetPreflightMaxAge(maxAge);
        }

        return builder.Build();
    }
}
