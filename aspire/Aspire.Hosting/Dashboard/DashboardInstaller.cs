using System.Diagnostics;
using System.Reflection;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Loads the dashboard with npm, once for the user: the package of Aspire's CLI carries it. Several AppHosts may want it
/// at the same moment; a locked file lets one load it while the others wait.
/// </summary>
internal sealed partial class DashboardInstaller(Guard guard, TimeProvider time, ILogger<DashboardInstaller> logger)
{
    private static readonly TimeSpan UnpackTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(500);

    private static readonly string Version = typeof(DashboardInstaller).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "AspireVersion").Value!;

    private static readonly string Folder = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } data ? data : Path.GetTempPath(),
        "aspire-stand-in",
        Version);

    private static string Program => DashboardCommand.InBundle(Folder);

    /// <summary>Why it can't be loaded here; null where it can, or has been.</summary>
    public static string? Hindrance() =>
        File.Exists(Program) ? null
        : DashboardCommand.Platform() is null ? "Aspire offers none for this platform"
        : Npm is null ? "it is neither installed nor is npm, which would load it"
        : null;

    private static string? Npm => DashboardCommand.OnPath(OperatingSystem.IsWindows() ? "npm.cmd" : "npm");

    public async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Program)) return Program;

        Directory.CreateDirectory(Folder);
        await using var locked = await LockAsync(cancellationToken);
        if (File.Exists(Program)) return Program;

        var package = $"@microsoft/aspire-cli-{DashboardCommand.Platform()}";
        Log.Loading(logger, package, Version, Folder);
        await LoadAsync($"{package}@{Version}", cancellationToken);
        Log.Unpacking(logger);
        await UnpackAsync(Path.Combine(Folder, "node_modules", package, "bin"), cancellationToken);
        return Program;
    }

    private async Task LoadAsync(string package, CancellationToken cancellationToken)
    {
        using var npm = Start(
            Npm!, ["install", "--prefix", Folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", package]);
        var said = npm.StandardError.ReadToEndAsync(cancellationToken);
        npm.OutputDataReceived += (_, _) => { };
        npm.BeginOutputReadLine();
        await EndAsync(npm, cancellationToken);
        if (npm.ExitCode != 0) throw new DistributedApplicationException($"npm could not load {package}: {FirstLine(await said)}");
    }

    // The CLI unpacks its bundle when it starts the dashboard. It is ended as soon as that runs: an AppHost starts its own.
    private async Task UnpackAsync(string folder, CancellationToken cancellationToken)
    {
        var command = Path.Combine(folder, OperatingSystem.IsWindows() ? "aspire.exe" : "aspire");
        using var deadline = new CancellationTokenSource(UnpackTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var cli = Start(command, ["dashboard", "run", "--non-interactive", "--nologo"]);
        cli.ErrorDataReceived += (_, _) => { };
        cli.BeginErrorReadLine();
        try
        {
            while (await cli.StandardOutput.ReadLineAsync(either.Token) is { } line && !line.Contains("OTLP", StringComparison.Ordinal))
            {
            }
        }
        finally
        {
            cli.Kill(entireProcessTree: true);
            guard.Forget(cli.Id);
        }

        if (!File.Exists(Program)) throw new DistributedApplicationException($"{command} unpacked no dashboard");
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(LockPause, time, cancellationToken);
            }
        }
    }

    private Process Start(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        start.Environment["ASPIRE_HOME"] = Folder;
        start.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = start.Environment["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0";
        start.Environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://127.0.0.1:0";
        var process = Process.Start(start)!;
        guard.Watch(process.Id);
        return process;
    }

    private async Task EndAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            guard.Forget(process.Id);
        }
    }

    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))
        ?? "it said nothing";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loading the Aspire dashboard with npm, once: {Package} {Version}, 127 MB, into {Folder}")]
        public static partial void Loading(ILogger logger, string package, string version, string folder);

        [LoggerMessage(2, LogLevel.Information, "Unpacking the Aspire dashboard, once")]
        public static partial void Unpacking(ILogger logger);
    }
}
