namespace Scaler.Tests.Admin.Helpers;

/// <summary>As <see cref="ChromiumFactAttribute"/>, for a test with data.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = ChromiumFactAttribute.SkipReason;
}
