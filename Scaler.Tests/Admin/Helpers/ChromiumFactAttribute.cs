using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Helpers;

/// <summary>
/// A test that looks at the dashboard through a browser. Where there is none it is skipped, and says so; in CI it fails.
/// </summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute() => Skip = SkipReason;

    /// <summary>Why tests that need a browser are skipped, or null.</summary>
    public static string? SkipReason => File.Exists(Path) || Tool.IsCI ? null : $"{Path} is missing: apt-get install chromium";
}
