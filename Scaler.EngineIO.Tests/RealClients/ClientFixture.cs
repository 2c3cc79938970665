namespace Scaler.EngineIO.Tests.RealClients;

/// <summary>
/// Runs all real clients of a script once, against an Engine.IO server and a Socket.IO server, when the first row asks for
/// its result. So a run takes seconds, and its rows are tests of their own.
/// </summary>
public abstract class ClientFixture : IAsyncLifetime
{
    private readonly ClientEcho _echo = new();
    private readonly Lazy<Task<ClientRun>> _run;
    private EngineTestHost? _engine;
    private EngineTestHost? _socket;

    protected ClientFixture() => _run = new Lazy<Task<ClientRun>>(StartAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in (EngineTestHost?[])[_engine, _socket])
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }
    }

    /// <summary>Asserts that a row succeeded, and that the server saw the end of the session that the row closed.</summary>
    internal async Task AssertPassedAsync(string client, string transport, string row)
    {
        (await _run.Value).AssertPassed($"{client} {transport} {row}");
        await _echo.AssertEndAsync(client, transport, row);
    }

    /// <summary>Runs the script.</summary>
    private protected abstract Task<ClientRun> RunAsync(string engineUrl, string socketUrl);

    private static void Configure(EngineIOOptions options)
    {
        options.AllowV3 = true;
        // 1 MB of binary data is longer than the default limit of 1,000,000 bytes when it is sent as base64.
        options.MaxPayload = 4_000_000;
    }

    private async Task<ClientRun> StartAsync()
    {
        _engine = await EngineTestHost.StartAsync(Configure, _echo.CreateHandler());
        _socket = await EngineTestHost.StartAsync(Configure, SocketFraming.CreateHandler(_echo));
        return await RunAsync($"http://localhost:{_engine.Port}/engine.io", $"http://localhost:{_socket.Port}/engine.io");
    }
}
