using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>A test that needs Chromium. If it is not installed, the test is skipped; in CI it fails.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute() => Skip = SkipReason;

    /// <summary>Gets the reason for skipping browser tests, or <see langword="null"/>.</summary>
    public static string? SkipReason => File.Exists(Path) || ExternalTool.IsCI ? null : $"{Path} is missing: apt-get install chromium";
}
