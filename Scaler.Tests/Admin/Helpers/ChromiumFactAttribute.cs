namespace Scaler.Tests.Admin.Helpers;

/// <summary>A test that looks at the dashboard through a browser. Where there is none it is skipped, and says so.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute() => Skip = File.Exists(Path) ? null : $"{Path} is missing: apt-get install chromium";
}
