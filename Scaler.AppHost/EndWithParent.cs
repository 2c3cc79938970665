using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Scaler.AppHost;

/// <summary>
/// Stops the application when the <c>dotnet run</c> process that started it is gone: that process cannot forward a SIGKILL. On Windows
/// <c>dotnet run</c> ends its child itself.
/// </summary>
internal sealed partial class EndWithParent(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows()) return;
        using var parent = Parent();
        if (parent?.ProcessName != "dotnet") return;
        await parent.WaitForExitAsync(stoppingToken);
        lifetime.StopApplication();
    }

    private static Process? Parent()
    {
        try
        {
            return Process.GetProcessById(ParentId());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();
}
