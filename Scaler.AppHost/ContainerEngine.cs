using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Scaler.AppHost;

/// <summary>
/// Finds a container engine that answers. A Docker client without an engine is common, and Aspire would wait for a container on it
/// forever, so the command must list containers within two seconds.
/// </summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static async Task<string?> FindAsync(IConfiguration configuration)
    {
        var configured = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        string[] commands = configured is null ? ["docker", "podman"] : [configured];
        using var deadline = new CancellationTokenSource(Timeout);
        var answers = await Task.WhenAll(commands.Select(async command => await AnswersAsync(command, deadline.Token) ? command : null));
        return answers.FirstOrDefault(command => command is not null);
    }

    private static async Task<bool> AnswersAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, ["ps", "--quiet"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                process.OutputDataReceived += (_, _) => { };
                process.ErrorDataReceived += (_, _) => { };
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                await process.WaitForExitAsync(cancellationToken);
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return false;
            }
        }
        catch (Win32Exception)
        {
            return false; // The command does not exist.
        }
    }
}
