namespace Scaler.Tests.Helpers;

/// <summary>A test of what Linux has and others have not: processes in /proc, epoll.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux";
    }
}
