namespace Scaler.Tests.Admin.Helpers;

/// <summary>A test that only makes pictures to be looked at.</summary>
public sealed class ScreenshotFactAttribute : FactAttribute
{
    /// <summary>The environment variable that names the folder for them.</summary>
    public const string Folder = "SCALER_SCREENSHOTS";

    public ScreenshotFactAttribute() => Skip = ChromiumFactAttribute.SkipReason
        ?? (Environment.GetEnvironmentVariable(Folder) is null or "" ? $"set {Folder} to a folder to have pictures made" : null);
}
