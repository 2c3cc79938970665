using System.Diagnostics;
using System.Net;

namespace Scaler.Tests.Helpers;

/// <summary>A Scaler.Stream server, or another program, in its own process, which a test can kill, pause and stop.</summary>
internal sealed class StreamProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StreamProcess(Process process) => _process = process;

    public string Url { get; private set; } = "";

    public int ProcessId => _process.Id;

    /// <summary>Gets the console output of the process so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    public static Task<StreamProcess> StartAsync(string redis, params string[] arguments) =>
        StartInAsync(AppContext.BaseDirectory, redis, arguments);

    /// <summary>Starts a server with a working directory, and waits until it listens.</summary>
    public static Task<StreamProcess> StartInAsync(string workingDirectory, string redis, params string[] arguments) =>
        ListenAsync(Begin(workingDirectory, redis, arguments));

    /// <summary>Starts another server program, and waits until it listens.</summary>
    public static Task<StreamProcess> StartProgramAsync(string program, string redis, params string[] arguments) =>
        ListenAsync(BeginProgram(AppContext.BaseDirectory, program, Settings(redis, arguments)));

    private static async Task<StreamProcess> ListenAsync(StreamProcess stream)
    {
        try
        {
            stream.Url = await stream._listening.Task.WithTimeout("the stream server to listen");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{stream.Output}");
        }

        return stream;
    }

    /// <summary>Starts a server that may open only a number of files and sockets, and waits until it listens.</summary>
    public static async Task<StreamProcess> StartWithOpenFilesAsync(int openFiles, string redis, params string[] arguments)
    {
        var stream = Begin(AppContext.BaseDirectory, redis, arguments, openFiles);
        stream.Url = await stream._listening.Task.WithTimeout("the stream server to listen");
        return stream;
    }

    /// <summary>Waits until the server has joined the cluster, and a load balancer sends it clients.</summary>
    public async Task WaitUntilHealthyAsync()
    {
        using var http = new HttpClient();
        await Deadline.WaitUntilAsync(
            async () => (await http.GetAsync(new Uri(Url + "/health"))).StatusCode == HttpStatusCode.OK,
            what: "the server to join");
    }

    /// <summary>Runs a server that is expected to fail at startup, and waits until it exits.</summary>
    /// <returns>The exit code and the console output.</returns>
    public static async Task<(int ExitCode, string Output)> RunToExitAsync(string redis, params string[] arguments)
    {
        await using var stream = Begin(AppContext.BaseDirectory, redis, arguments);
        await stream._process.WaitForExitAsync().WithTimeout("the stream server to exit at startup");
        return (stream._process.ExitCode, stream.Output);
    }

    private static StreamProcess Begin(string workingDirectory, string redis, string[] arguments, int? openFiles = null)
    {
        var dotnet = Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        string[] command = [Path.Combine(AppContext.BaseDirectory, "Scaler.Stream.dll"), .. Settings(redis, arguments)];
        return openFiles is null
            ? BeginProgram(workingDirectory, dotnet, command)
            : BeginProgram(workingDirectory, "bash", ["-c", $"ulimit -n {openFiles}; exec \"$0\" \"$@\"", dotnet, .. command]);
    }

    private static string[] Settings(string redis, string[] arguments) =>
        ["--urls", "http://127.0.0.1:0", $"--ConnectionStrings:redis={redis}", "--environment", "Development", .. arguments];

    private static StreamProcess BeginProgram(string workingDirectory, string program, IEnumerable<string> arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = workingDirectory,
            },
        };
        var stream = new StreamProcess(process);
        process.OutputDataReceived += (_, line) => stream.Read(line.Data);
        process.ErrorDataReceived += (_, line) => stream.Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return stream;
    }

    /// <summary>Kills the process, which simulates a crash.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WithTimeout();
    }

    /// <summary>Sends SIGTERM, and waits for the graceful shutdown.</summary>
    /// <returns>The exit code of the process.</returns>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        await _process.WaitForExitAsync().WithTimeout();
        return _process.ExitCode;
    }

    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        const string Listening = "Now listening on: ";
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _listening.TrySetResult(line[(at + Listening.Length)..].Trim());
        }
    }
}
