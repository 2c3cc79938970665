using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.Running;

namespace Aspire.Hosting.Dashboard;

/// <summary>The process of the dashboard.</summary>
internal sealed class DashboardProcess(DashboardSettings settings, Guard guard, TimeProvider time)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs it until it ends or is not wanted any more.</summary>
    /// <returns>How it ended, in words.</returns>
    public async Task<string> RunAsync(string command, Action ready, CancellationToken cancellationToken)
    {
        string? complaint = null;
        using var process = new Process { StartInfo = Describe(command) };
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not { } line) return;
            if (line.Contains("Login to the dashboard at", StringComparison.Ordinal)) ready();
            if (line.Contains("Failed", StringComparison.Ordinal) || line.Contains("Exception:", StringComparison.Ordinal))
                complaint ??= line.Trim();
        };
        process.ErrorDataReceived += (_, e) => complaint ??= string.IsNullOrWhiteSpace(e.Data) ? null : e.Data.Trim();
        process.Start();
        guard.Watch(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return $"exit code {process.ExitCode}{(complaint is null ? "" : $", {complaint}")}";
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process);
            throw;
        }
        finally
        {
            guard.Forget(process.Id);
        }
    }

    private async Task StopAsync(Process process)
    {
        Signal.End(process);
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopTimeout, time);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo Describe(string command)
    {
        // ASPIRE_DASHBOARD_PATH may name the bundle's program, or a dashboard that stands alone.
        string[] arguments = Path.GetFileNameWithoutExtension(command) == "aspire-managed" ? ["dashboard"] : [];
        var start = command.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? ChildProcess.Describe(ProjectOutput.Dotnet, "exec", command)
            : ChildProcess.Describe(command, arguments);
        start.WorkingDirectory = Path.GetDirectoryName(command);

        var variables = start.Environment;
        foreach (var name in variables.Keys.Where(n => n.StartsWith("DOTNET_ENV", StringComparison.Ordinal) || n.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
            variables.Remove(name);
        variables["ASPNETCORE_URLS"] = settings.Frontend.GetLeftPart(UriPartial.Authority);
        variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = settings.Telemetry.GetLeftPart(UriPartial.Authority);
        variables["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://127.0.0.1:0";
        variables["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = settings.Resources.GetLeftPart(UriPartial.Authority);
        variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = settings.ResourcesKey;
        variables["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
        variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = settings.BrowserToken;
        variables["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = settings.TelemetryKey;
        variables["DASHBOARD__API__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__API__PRIMARYAPIKEY"] = settings.ApiKey;
        variables["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        variables["ASPIRE_CLI_TELEMETRY_OPTOUT"] = variables["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true";
        return start;
    }
}
