namespace Scaler.Tests.Admin.Helpers;

/// <summary>A theory that needs Chromium; see <see cref="ChromiumFactAttribute"/>.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = ChromiumFactAttribute.SkipReason;
}
