namespace Scaler.Tests.Aspire.StandIn;

/// <summary>A test that looks at processes through /proc, as Linux has it.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs /proc";
    }
}
