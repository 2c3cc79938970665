namespace Scaler.Tests.Helpers;

/// <summary>As <see cref="LinuxFactAttribute"/>, for a test with data.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = new LinuxFactAttribute().Skip;
}
