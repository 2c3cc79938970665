using System.Globalization;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>Adds and maps the send API. Tests use the same two methods as the program.</summary>
internal static partial class ApiExtensions
{
    public const string Path = "/api";

    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ApiOptions>().Bind(builder.Configuration.GetSection(ApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<RegistryReader>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });

        // Return the cause of a bad request to the sender in every environment, not only in Development.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddValidation();
        services.AddRateLimiter(static _ => { });
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
            context.ProblemDetails.Detail ??= context.ProblemDetails is HttpValidationProblemDetails { Errors: var errors }
                ? string.Join(' ', errors.Values.SelectMany(static error => error))
                : ApiStatusDescriptions.GetDescription(context.ProblemDetails.Status));
        services.AddApiDocument();
        return builder;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value;
        if (options.Keys.Count == 0)
        {
            LogOff(app.Logger, Path, $"{ApiOptions.Section}:{nameof(ApiOptions.Keys)}:0");
            return app;
        }

        LogOn(app.Logger, Path, options.Keys.Count);
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase), api => api
            .Use(NoSniff)
            .UseExceptionHandler()
            .UseStatusCodePages()
            .UseMiddleware<ApiKeyMiddleware>()
            .UseRateLimiter(Limits(options))
            .Use(UncompressedBodyMiddleware.InvokeAsync)
            .Use(RawPathMiddleware.InvokeAsync));
        app.MapApiDocument();

        var group = app.MapGroup(Path)
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBodySize))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var accounts = group.MapGroup($"/accounts/{{{AccountNameFilter.Parameter}}}")
            .AddEndpointFilter<RouteGroupBuilder, AccountNameFilter>();
        accounts.MapMessages(group);
        accounts.MapAccounts(group);
        group.MapServers();
        return app;
    }

    // The exception handler removes the headers that are set before, so the header is set when the response starts.
    private static RequestDelegate NoSniff(RequestDelegate next) => context =>
    {
        context.Response.OnStarting(
            static state =>
            {
                ((HttpContext)state).Response.Headers.XContentTypeOptions = "nosniff";
                return Task.CompletedTask;
            },
            context);
        return next(context);
    };

    private static RateLimiterOptions Limits(ApiOptions options) => new()
    {
        RejectionStatusCode = StatusCodes.Status429TooManyRequests,
        OnRejected = static (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        },
        GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetConcurrencyLimiter(
            context.User.Identity?.Name ?? "",
            _ => new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrentRequests })),
    };

    [LoggerMessage(1, LogLevel.Information,
        "The send API is disabled because no key is configured. Set {Setting} to enable it at {Path}")]
    private static partial void LogOff(ILogger logger, string path, string setting);

    [LoggerMessage(2, LogLevel.Information, "The send API is enabled at {Path} with {Count} keys")]
    private static partial void LogOn(ILogger logger, string path, int count);
}
