using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>
/// Configures login by token or OpenID Connect and the cookie that follows it. Every endpoint requires a login, except the
/// health endpoints and endpoints that allow anonymous access explicitly.
/// </summary>
internal static class AdminSecurityExtensions
{
    public const string LoginPath = "/login";

    public static IServiceCollection AddAdminSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<AdminTokens>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddOpenIdConnectLogin(configuration);
        services.AddLoginRateLimiter();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IOptions<AdminOptions>>((cookie, options) =>
            {
                cookie.Cookie.Name = "scaler.admin";
                cookie.Cookie.HttpOnly = true;

                // The redirect back from a provider is a cross-site navigation, which does not send a Strict cookie.
                cookie.Cookie.SameSite = options.Value.OpenIdConnect is null ? SameSiteMode.Strict : SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.Cookie.IsEssential = true;
                cookie.ExpireTimeSpan = options.Value.LoginLifetime;
                cookie.SlidingExpiration = true;
                cookie.LoginPath = LoginPath;
                cookie.ReturnUrlParameter = "returnUrl";
                cookie.Events.OnValidatePrincipal = ValidateAsync;
                cookie.Events.OnRedirectToLogin = ChallengeAsync;
                cookie.Events.OnRedirectToAccessDenied = context =>
                {
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return Task.CompletedTask;
                };
            });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(context =>
                context.User.Identity is { IsAuthenticated: true } || (context.Resource is HttpContext http && IsHealth(http.Request.Path))).Build());
        services.AddCascadingAuthenticationState();
        services.AddHttpContextAccessor();
        return services;
    }

    private static bool IsHealth(PathString path) => path == "/health" || path == "/alive";

    private static Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var tokens = context.HttpContext.RequestServices.GetRequiredService<AdminTokens>();
        var provider = context.HttpContext.RequestServices.GetRequiredService<AdminLoginProvider>();
        if (context.Principal is not { } login || !(tokens.IsValid(login) || provider.IsValid(login)))
        {
            context.RejectPrincipal();
        }

        return Task.CompletedTask;
    }

    // Redirect page requests to the login page. Other requests (files, the circuit of an expired login) get 401.
    private static Task ChallengeAsync(Microsoft.AspNetCore.Authentication.RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }
}
