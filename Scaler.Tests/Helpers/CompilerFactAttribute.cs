namespace Scaler.Tests.Helpers;

/// <summary>A fact that builds C++ for Linux; where that cannot be done, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute() => Skip = OperatingSystem.IsLinux() ? Tool.SkipWithout("g++") : "what it builds is for Linux only";
}
