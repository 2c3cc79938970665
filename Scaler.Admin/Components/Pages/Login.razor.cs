using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Pages;

/// <summary>The login page.</summary>
public sealed partial class Login
{
    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    /// <summary>Gets or sets the token from a login link, which the dashboard writes to its log.</summary>
    [SupplyParameterFromQuery(Name = "t")]
    private string? LinkToken { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm]
    private string? Token { get; set; }

    [SupplyParameterFromQuery(Name = "failure")]
    private string? FailureName { get; set; }

    [Inject]
    private AdminLoginProvider Provider { get; set; } = default!;

    [Inject]
    private AuditLog Audit { get; set; } = default!;

    [Inject]
    private AdminTokens Tokens { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string? Failure { get; set; }

    private string ProviderUrl => $"{OpenIdConnectLogin.Path}?returnUrl={Uri.EscapeDataString(LocalUrl.GetLocalOrHome(ReturnUrl))}";

    protected override async Task OnInitializedAsync()
    {
        Failure = LoginFailure.Describe(FailureName);
        if (!string.IsNullOrEmpty(LinkToken) && HttpMethods.IsGet(Context.Request.Method))
        {
            await LogInAsync(LinkToken, "This login link is no longer valid. Without a configured token, the dashboard generates a new one at each start.");
        }
    }

    private Task LogInAsync() => LogInAsync(Token, "The token is not valid.");

    private async Task LogInAsync(string? token, string failure)
    {
        var address = Context.Connection.RemoteIpAddress?.ToString();
        if (Tokens.CreateLogin(token, address) is not { } login)
        {
            Audit.Add($"unknown user from {address}", "log in", "the dashboard", ActionOutcome.Refused, "The token is not valid.");
            Failure = failure;
            Context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        Audit.Add(AdminIdentity.Describe(login), "log in", "the dashboard", ActionOutcome.Done, "Via token.");
        await Context.SignInAsync(login, new AuthenticationProperties { IsPersistent = true });
        Navigation.NavigateTo(LocalUrl.GetLocalOrHome(ReturnUrl));
    }
}
