using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Scaler.Admin.Security;

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

    [Inject]
    private AdminTokens Tokens { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string? Failure { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (!string.IsNullOrEmpty(LinkToken) && HttpMethods.IsGet(Context.Request.Method))
        {
            await LogInAsync(LinkToken, "The token of this link is not in force any more: a dashboard without a token of its own makes another at every start.");
        }
    }

    private Task LogInAsync() => LogInAsync(Token, "This token is not the one.");

    private async Task LogInAsync(string? token, string failure)
    {
        if (Tokens.Login(token, Context.Connection.RemoteIpAddress?.ToString()) is not { } login)
        {
            Failure = failure;
            Context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        await Context.SignInAsync(login, new AuthenticationProperties { IsPersistent = true });
        Navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
    }
}
