using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Running;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Aspire.StandIn;

/// <summary>The AppHost as a process: how it ends, and what it says. Its processes are looked up in /proc.</summary>
[Collection(AppHostCollection.Name)]
public sealed class AppHostProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly CancellationToken _deadline = new CancellationTokenSource(Patience).Token;
    private readonly List<string> _lines = [];
    private Process? _appHost;
    private Task _rest = Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_appHost is { HasExited: false })
        {
            _appHost.Kill(entireProcessTree: true);
            await _appHost.WaitForExitAsync();
        }

        await _rest;
        _appHost?.Dispose();
    }

    [LinuxFact]
    public async Task KilledWithSigkill_NoProcessLivesTwentySecondsLater()
    {
        await StartAsync();
        var processes = Descendants(_appHost!.Id);
        Assert.True(processes.Count >= 6, $"garnet, three streams, admin and the guard; there are {processes.Count}");

        _appHost.Kill();

        await AssertEndAsync(processes, TimeSpan.FromSeconds(20));
    }

    [LinuxFact]
    public async Task Sigterm_EndsAllWithExitCodeZero()
    {
        await StartAsync();
        var processes = Descendants(_appHost!.Id);

        Signal.End(_appHost);
        await _appHost.WaitForExitAsync(_deadline);

        Assert.Equal(0, _appHost.ExitCode);
        await AssertEndAsync(processes, TimeSpan.FromSeconds(5));
    }

    [LinuxFact]
    public async Task PortInUse_IsSaidInALineWithItsKey_AndAllRuns()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        await StartAsync($"--Ports:Stream={port}");

        Assert.Single(_lines, line => line.Contains($"Port {port} is in use", StringComparison.Ordinal)
            && line.Contains("Ports:Stream", StringComparison.Ordinal));
        Assert.Contains(_lines, line => line.StartsWith("Engine.IO is ready: http://localhost:", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task DashboardMissing_IsSaidInALine_AndAllRuns()
    {
        await StartAsync();

        Assert.Single(_lines, line => line.Contains("There is no dashboard", StringComparison.Ordinal));
    }

    /// <summary>Starts the AppHost, without a dashboard, and waits until it says that all is ready.</summary>
    private async Task StartAsync(params string[] args)
    {
        var assembly = typeof(Projects.Scaler_AppHost).Assembly.Location;
        string[] ports = ["--Ports:Admin=0", .. args.Any(a => a.StartsWith("--Ports:Stream", StringComparison.Ordinal)) ? [] : new[] { "--Ports:Stream=0" }];
        var start = new ProcessStartInfo(ProjectOutput.Dotnet, ["exec", assembly, .. ports, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPIRE_DASHBOARD_PATH"] = Path.Combine(Path.GetTempPath(), "no-such-dashboard") },
        };
        _appHost = Process.Start(start)!;
        _appHost.ErrorDataReceived += (_, _) => { };
        _appHost.BeginErrorReadLine();
        while (await _appHost.StandardOutput.ReadLineAsync(_deadline) is { } line)
        {
            _lines.Add(line);
            if (line.StartsWith("Admin is ready", StringComparison.Ordinal)) break;
        }

        Assert.False(_appHost.HasExited, string.Join('\n', _lines));
        _rest = _appHost.StandardOutput.ReadToEndAsync(_deadline); // A full pipe would hold it up.
    }

    private static async Task AssertEndAsync(IReadOnlyList<int> processes, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (processes.Any(Lives))
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"still there: {string.Join(", ", processes.Where(Lives))}");
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    // 1234 (name) S 1 …: what ended but was not yet waited for, by an init that doesn't, is Z.
    private static bool Lives(int process) => Stat(process) is { } stat && stat[0] != "Z";

    private static List<int> Descendants(int ancestor)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
            .Select(id => (Id: id, Stat: Stat(id)))
            .Where(p => p.Stat is not null)
            .ToLookup(p => int.Parse(p.Stat![1], System.Globalization.CultureInfo.InvariantCulture), p => p.Id);
        var found = new List<int>(parents[ancestor]);
        for (var i = 0; i < found.Count; i++) found.AddRange(parents[found[i]]);
        return found;
    }

    private static string[]? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
