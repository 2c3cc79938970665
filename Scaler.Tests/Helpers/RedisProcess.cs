using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>A redis-server process that belongs to one test. It listens on its own port and persists nothing to disk.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string[] _arguments;
    private Process? _process;

    private RedisProcess(int port, string[] arguments) => (Port, _arguments) = (port, arguments);

    public int Port { get; }

    public string Endpoint => $"127.0.0.1:{Port}";

    public int ProcessId => _process!.Id;

    public static async Task<RedisProcess> StartAsync(params string[] arguments)
    {
        var redis = new RedisProcess(FreePorts.GetFreePort(), arguments);
        await redis.RestartAsync();
        return redis;
    }

    /// <summary>Starts the server, or restarts it on the same port with an empty data set.</summary>
    public async Task RestartAsync()
    {
        var ready = new TaskCompletionSource();
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                ExternalTool.FindOnPath("redis-server") ?? throw new InvalidOperationException("redis-server is not installed."),
                ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), .. _arguments])
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
        await ready.Task.WithTimeout();
    }

    /// <summary>Kills the process, which simulates a crash.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync().WithTimeout();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
