using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Pages;

public sealed partial class Login
{
    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    /// <summary>The token of the link that the dashboard wrote to its log.</summary>
    [SupplyParameterFromQuery(Name = "t")]
    private string? LinkToken { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm]
    private string? Token { get; set; }

    [SupplyParameterFromQuery(Name = "failure")]
    private string? FailureName { get; set; }

    [Inject]
    private AdminProvider Provider { get; set; } = default!;

    [Inject]
    private AuditLog Audit { get; set; } = default!;

    [Inject]
    private AdminTokens Tokens { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string? Failure { get; set; }

    private string ProviderUrl => $"{OpenIdConnectLogin.Path}?returnUrl={Uri.EscapeDataString(LocalUrl.OrHome(ReturnUrl))}";

    protected override async Task OnInitializedAsync()
    {
        Failure = LoginFailure.Describe(FailureName);
        if (!string.IsNullOrEmpty(LinkToken) && HttpMethods.IsGet(Context.Request.Method))
        {
            await LogInAsync(LinkToken, "The token of this link is not in force any more: a dashboard without a token of its own makes another at every start.");
        }
    }

    private Task LogInAsync() => LogInAsync(Token, "This token is not the one.");

    private async Task LogInAsync(string? token, string failure)
    {
        var address = Context.Connection.RemoteIpAddress?.ToString();
        if (Tokens.Login(token, address) is not { } login)
        {
            Audit.Add($"nobody from {address}", "log in", "the dashboard", ActionOutcome.Refused, "The token is not the one.");
            Failure = failure;
            Context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        Audit.Add(AdminIdentity.Describe(login), "log in", "the dashboard", ActionOutcome.Done, "By token.");
        await Context.SignInAsync(login, new AuthenticationProperties { IsPersistent = true });
        Navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
    }
}
