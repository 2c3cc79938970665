using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Scaler.Benchmarks.Load.Measuring;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>A server process that this class starts and stops.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly Queue<string> _lastLines = [];

    private ServerProcess(Process process, int port)
    {
        _process = process;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public TimeSpan Cpu => CpuClock.Read(_process);

    /// <summary>Gets the resident set size of the process, in KiB.</summary>
    public double ResidentKiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0;
        }
    }

    public static async Task<ServerProcess> StartAsync(
        ProcessStartInfo start, int port, Func<ServerProcess, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var server = new ServerProcess(Process.Start(start)!, port);
        server._process.OutputDataReceived += server.KeepLine;
        server._process.ErrorDataReceived += server.KeepLine;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(StartTimeout);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            while (!await server.AnswersAsync(isReady))
            {
                if (server._process.HasExited || deadline.IsCancellationRequested)
                {
                    throw new InvalidOperationException(
                        $"{start.FileName} {string.Join(' ', start.ArgumentList)} did not start:\n{string.Join('\n', server._lastLines)}");
                }

                await timer.WaitForNextTickAsync(cancellationToken);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> AnswersAsync(Func<ServerProcess, Task<bool>> isReady)
    {
        try
        {
            return await isReady(this);
        }
        catch (Exception exception) when (exception is SocketException or IOException or HttpRequestException)
        {
            return false;
        }
    }

    private void KeepLine(object sender, DataReceivedEventArgs line)
    {
        lock (_lastLines)
        {
            _lastLines.Enqueue(line.Data ?? "");
            if (_lastLines.Count > 20)
            {
                _lastLines.Dequeue();
            }
        }
    }
}
