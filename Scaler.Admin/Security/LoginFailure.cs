namespace Scaler.Admin.Security;

/// <summary>Why a login by a provider came to nothing, as the login page says it. A link can name one of these reasons, and say nothing else.</summary>
internal static class LoginFailure
{
    public const string NoProvider = "provider";
    public const string NotLoggedIn = "failed";
    public const string NoRole = "role";

    public static string Url(string failure) => $"{AdminSecurityExtensions.LoginPath}?failure={failure}";

    public static string? Describe(string? failure) => failure switch
    {
        NoProvider => "The login provider can't be reached. The dashboard's log says why.",
        NotLoggedIn => "The login was not completed. The dashboard's log says why.",
        NoRole => "The provider knows you, but gives you no role here. Ask for one there.",
        _ => null,
    };
}
