namespace Scaler.Admin.Security;

/// <summary>
/// The reasons for a failed provider login, as query values of the login page. The page shows fixed texts only, so a link cannot
/// inject one.
/// </summary>
internal static class LoginFailure
{
    public const string NoProvider = "provider";
    public const string NotCompleted = "failed";
    public const string NoRole = "role";

    public static string GetUrl(string failure) => $"{AdminSecurityExtensions.LoginPath}?failure={failure}";

    public static string? Describe(string? failure) => failure switch
    {
        NoProvider => "The login provider can't be reached. See the dashboard's log for details.",
        NotCompleted => "The login was not completed. See the dashboard's log for details.",
        NoRole => "Your account has no role for this dashboard. Ask the provider's administrator to assign one.",
        _ => null,
    };
}
