namespace Scaler.Admin.Security;

/// <summary>The roles of a login.</summary>
public static class AdminRoles
{
    /// <summary>Grants read and write access.</summary>
    public const string Operator = "operator";

    /// <summary>Grants read-only access.</summary>
    public const string Reader = "reader";
}
