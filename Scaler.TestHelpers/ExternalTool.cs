namespace Scaler.Tests.Helpers;

/// <summary>Locates external programs that some tests need.</summary>
internal static class ExternalTool
{
    public static bool IsCI { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    public static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Returns the reason to skip tests that need a program. In CI no test is skipped; it fails instead.</summary>
    /// <returns>The reason, or <see langword="null"/> if the test can run.</returns>
    public static string? GetSkipReason(string name) =>
        FindOnPath(name) is not null || IsCI ? null : $"{name} is not installed.";
}
