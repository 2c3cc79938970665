namespace Scaler.Tests.Admin.Helpers;

/// <summary>A test that only creates screenshots for review.</summary>
public sealed class ScreenshotFactAttribute : FactAttribute
{
    /// <summary>The environment variable that names the output folder.</summary>
    public const string Folder = "SCALER_SCREENSHOTS";

    public ScreenshotFactAttribute() => Skip = ChromiumFactAttribute.SkipReason
        ?? (Environment.GetEnvironmentVariable(Folder) is null or "" ? $"set {Folder} to a folder to create screenshots" : null);
}
