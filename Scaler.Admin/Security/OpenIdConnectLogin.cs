using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Security;

/// <summary>Configures OpenID Connect login if a provider is configured. It issues the same cookie as a token login.</summary>
internal static partial class OpenIdConnectLogin
{
    /// <summary>The path that starts the login.</summary>
    public const string Path = "/login/oidc";

    private const string CallbackPath = "/login/callback";
    private const int MaxNameLength = 120;

    public static AuthenticationBuilder AddOpenIdConnectLogin(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        authentication.Services.AddSingleton<AdminLoginProvider>();
        if (!configuration.GetSection($"{AdminOptions.Section}:{nameof(AdminOptions.OpenIdConnect)}").Exists())
        {
            return authentication;
        }

        authentication.Services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
            .Configure<IOptions<AdminOptions>>((handler, options) => Configure(handler, options.Value.OpenIdConnect!));
        return authentication.AddOpenIdConnect();
    }

    public static void MapOpenIdConnectLogin(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Path, BeginAsync).AllowAnonymous();

    private static async Task<IResult> BeginAsync(HttpContext context, AdminLoginProvider provider, ILogger<AdminLoginProvider> logger, string? returnUrl)
    {
        if (provider.Name is null)
        {
            return Results.NotFound();
        }

        try
        {
            await context.ChallengeAsync(
                OpenIdConnectDefaults.AuthenticationScheme,
                new AuthenticationProperties { RedirectUri = LocalUrl.GetLocalOrHome(returnUrl), IsPersistent = true });
            return Results.Empty;
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException)
        {
            // The discovery document could not be read.
            Log.NoProvider(logger, Printable.Escape(exception.Message));
            return Results.LocalRedirect(LoginFailure.GetUrl(LoginFailure.NoProvider));
        }
    }

    private static void Configure(OpenIdConnectOptions handler, AdminOpenIdConnectOptions options)
    {
        handler.Authority = options.Authority;
        handler.ClientId = options.ClientId;
        handler.ClientSecret = options.ClientSecret;
        handler.RequireHttpsMetadata = new Uri(options.Authority!).Scheme == Uri.UriSchemeHttps;
        handler.ResponseType = OpenIdConnectResponseType.Code;

        // The response is a GET, so the correlation cookies can be SameSite=Lax instead of None.
        handler.ResponseMode = OpenIdConnectResponseMode.Query;
        handler.CallbackPath = CallbackPath;
        handler.Scope.Clear();
        foreach (var scope in options.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            handler.Scope.Add(scope);
        }

        handler.MapInboundClaims = false;
        handler.GetClaimsFromUserInfoEndpoint = true;
        handler.ClaimActions.MapJsonKey(options.RoleClaim, options.RoleClaim);
        handler.ClaimActions.MapJsonKey(options.NameClaim, options.NameClaim);
        foreach (var cookie in new[] { handler.CorrelationCookie, handler.NonceCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        handler.Events.OnTicketReceived = Received;
        handler.Events.OnRemoteFailure = context =>
        {
            Log.Failed(context.HttpContext.RequestServices.GetRequiredService<ILogger<AdminLoginProvider>>(), Printable.Escape(context.Failure?.Message));
            context.Response.Redirect(LoginFailure.GetUrl(LoginFailure.NotCompleted));
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static Task Received(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var provider = services.GetRequiredService<AdminLoginProvider>();
        var audit = services.GetRequiredService<AuditLog>();
        var address = context.HttpContext.Connection.RemoteIpAddress?.ToString();
        if (provider.CreateLogin(context.Principal!, address) is { } login)
        {
            context.Principal = login;
            audit.Add(AdminIdentity.Describe(login), "log in", "the dashboard", ActionOutcome.Done, $"Via {provider.Name}.");
            return Task.CompletedTask;
        }

        var name = Format.Truncate(Printable.Escape(provider.GetName(context.Principal!)), MaxNameLength);
        audit.Add($"{name} from {address}", "log in", "the dashboard", ActionOutcome.Refused, $"{provider.Name} reports neither role.");
        context.Response.Redirect(LoginFailure.GetUrl(LoginFailure.NoRole));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The OpenID Connect provider can't be reached: {Reason}")]
        public static partial void NoProvider(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "An OpenID Connect login failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
