namespace Scaler.Tests.Helpers;

/// <summary>A theory that needs Linux features, such as /proc or epoll. Skipped on other systems.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = new LinuxFactAttribute().Skip;
}
