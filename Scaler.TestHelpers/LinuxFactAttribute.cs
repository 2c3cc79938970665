namespace Scaler.Tests.Helpers;

/// <summary>A fact that needs Linux features, such as /proc or epoll. Skipped on other systems.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "The test requires Linux.";
    }
}
