using System.Diagnostics;

namespace Aspire.Hosting.Running;

/// <summary>Finds what a project was built to, in the configuration that the AppHost was built in.</summary>
internal static class ProjectOutput
{
    /// <summary>The <c>dotnet</c> that runs this process.</summary>
    public static string Dotnet { get; } = FindDotnet();

    public static async Task<string> FindAsync(string projectPath, CancellationToken cancellationToken)
    {
        // …/Scaler.AppHost/bin/Debug/net10.0/ → bin, Debug, net10.0
        var parts = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        var folder = Path.Combine([Path.GetDirectoryName(projectPath)!, .. parts[^Math.Min(3, parts.Length)..]]);
        var usual = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(projectPath)}.dll");
        if (parts is [.., "bin", _, _] && File.Exists(usual)) return usual;

        var asked = await AskAsync(projectPath, parts is [.., "bin", var configuration, _] ? configuration : "Debug", cancellationToken);
        return File.Exists(asked) ? asked : throw new FileNotFoundException($"{projectPath} is not built: there is no {asked}");
    }

    private static async Task<string> AskAsync(string projectPath, string configuration, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Dotnet, ["msbuild", projectPath, "-getProperty:TargetPath", $"-p:Configuration={configuration}"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var path = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return path.Trim();
    }

    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

        // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll → …/dotnet/dotnet
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        var path = Path.Combine(root, name);
        return File.Exists(path) ? path : name;
    }
}
