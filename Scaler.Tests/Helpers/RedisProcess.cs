using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>A redis-server of a test's own: own process, own port, nothing on disk.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private Process? _process;

    private RedisProcess(int port) => Port = port;

    public int Port { get; }

    public string Endpoint => $"127.0.0.1:{Port}";

    public int ProcessId => _process!.Id;

    public static async Task<RedisProcess> StartAsync()
    {
        var redis = new RedisProcess(Ports.Free());
        await redis.StartAgainAsync();
        return redis;
    }

    /// <summary>Starts it again, on the same port and empty.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource();
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                Tool.Find("redis-server") ?? throw new InvalidOperationException("redis-server is not installed."),
                ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()])
            {
                RedirectStandardOutput = true,
            },
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        _process = process;
        await ready.Task.Within();
    }

    /// <summary>Kills it, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync().Within();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
