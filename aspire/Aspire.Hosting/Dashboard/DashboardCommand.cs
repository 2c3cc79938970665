using System.Runtime.InteropServices;

namespace Aspire.Hosting.Dashboard;

/// <summary>Finds Aspire's dashboard on this machine.</summary>
internal static class DashboardCommand
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>Where the program is in Aspire's bundle.</summary>
    public static string InBundle(string home) => Path.Combine(home, "bundle", "managed", $"aspire-managed{Suffix}");

    /// <summary>The program that <c>ASPIRE_DASHBOARD_PATH</c> names, or that Aspire's CLI came with; null where there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ASPIRE_DASHBOARD_PATH") is { Length: > 0 } given) return given;

        var home = Environment.GetEnvironmentVariable("ASPIRE_HOME") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire");
        string?[] candidates = [InBundle(home), BesideCommand()];
        return candidates.FirstOrDefault(File.Exists);
    }

    /// <summary>A command on the PATH.</summary>
    public static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>The platform, as the npm packages of Aspire's CLI name it; null where there is no package.</summary>
    public static string? Platform()
    {
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        if (architecture is null) return null;
        if (OperatingSystem.IsWindows()) return $"win-{architecture}";
        if (OperatingSystem.IsMacOS()) return $"osx-{architecture}";
        if (!RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)) return $"linux-{architecture}";
        return architecture == "x64" ? "linux-musl-x64" : null;
    }

    private static string? BesideCommand()
    {
        if (OnPath($"aspire{Suffix}") is not { } command) return null;
        var target = File.ResolveLinkTarget(command, returnFinalTarget: true)?.FullName ?? command;
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(target)!, "..", "bundle", "managed", $"aspire-managed{Suffix}"));
    }
}
