namespace Scaler.Admin.Security;

/// <summary>What a login may do.</summary>
public static class AdminRoles
{
    /// <summary>May look and act.</summary>
    public const string Operator = "operator";

    /// <summary>May look.</summary>
    public const string Reader = "reader";
}
