namespace Scaler.Tests.Helpers;

/// <summary>Programs that some tests need and a machine may lack.</summary>
internal static class Tool
{
    public static bool IsCI { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Why tests that need a program are skipped, or null where it is there. In CI nothing is skipped: there the test fails.</summary>
    public static string? SkipWithout(string name) =>
        Find(name) is not null || IsCI ? null : $"{name} is not on this machine";
}
