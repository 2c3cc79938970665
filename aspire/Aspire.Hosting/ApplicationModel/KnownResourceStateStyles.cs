namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: how the dashboard paints a state.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>As intended.</summary>
    public static readonly string Success = "success";

    /// <summary>Failed.</summary>
    public static readonly string Error = "error";

    /// <summary>On its way, or ended.</summary>
    public static readonly string Info = "info";

    /// <summary>To be looked at.</summary>
    public static readonly string Warn = "warning";
}
