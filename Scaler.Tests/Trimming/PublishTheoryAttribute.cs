using Scaler.Tests.Helpers;

namespace Scaler.Tests.Trimming;

/// <summary>A theory that publishes and runs the trimmed sample. Skipped with a reason if a tool for it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishTheoryAttribute : TheoryAttribute
{
    public PublishTheoryAttribute() => Skip =
        OperatingSystem.IsLinux() ? FindMissingTool() : "The published sample is tested on Linux.";

    // The AOT compiler links with clang, or with gcc if clang is not installed.
    private static string? FindMissingTool() => ExternalTool.GetSkipReason("dotnet")
        ?? ExternalTool.GetSkipReason("redis-server")
        ?? NodeRunner.GetSkipReason("samples/client")
        ?? (ExternalTool.FindOnPath("gcc") is null ? ExternalTool.GetSkipReason("clang") : null);
}
