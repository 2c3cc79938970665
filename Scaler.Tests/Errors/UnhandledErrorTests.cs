using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Errors;

/// <summary>Tests the exceptions of application code: the error events, their log entries without a listener, and the registry.</summary>
public sealed class UnhandledErrorTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task HandlerThrows_WithoutAListener_LogsTheExceptionWithItsStack()
    {
        using var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(logs, static server => server.On("broken", ThrowingHandler));
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync("""{"event":"broken"}""");
        await Deadline.WaitUntilAsync(() => logs.Collector.Count > 0);

        var entry = Assert.Single(logs.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains(nameof(ThrowingHandler), entry.Exception!.StackTrace!, StringComparison.Ordinal);
        Assert.Contains("error::handler (broken, InvalidOperationException: oh)", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HandlerThrows_WithAListener_PassesTheExceptionAndLogsNothing()
    {
        using var logs = new FakeLoggerProvider();
        var raised = new TaskCompletionSource<ScalerError>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(logs, server =>
        {
            server.On("broken", ThrowingHandler);
            server.Errors.Handler += (_, exception) => handler.TrySetResult(exception);
            server.Errors.Raised += error => raised.TrySetResult(error);
        });
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync("""{"event":"broken"}""");

        var error = await raised.Task.WithTimeout();
        Assert.Same(await handler.Task.WithTimeout(), error.Exception);
        Assert.Contains(nameof(ThrowingHandler), error.Exception!.StackTrace!, StringComparison.Ordinal);
        Assert.Equal(["broken", "InvalidOperationException: oh"], error.Arguments);
        Assert.Empty(logs.Collector.GetSnapshot());
    }

    [Fact]
    public async Task DecoderAndValidatorThrow_KeepTheConnectionAndPassTheException()
    {
        using var logs = new FakeLoggerProvider();
        var raised = System.Threading.Channels.Channel.CreateUnbounded<ScalerError>();
        await using var server = await StartAsync(
            logs,
            server =>
            {
                server.Validate("checked", static _ => throw new InvalidOperationException("oh"));
                server.Errors.Raised += error => raised.Writer.TryWrite(error);
            },
            static options => options.Decoder = new ThrowingDecoder());
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync("throw");
        await client.SendAsync("""{"event":"checked"}""");

        var decoder = await raised.Reader.ReadAsync().AsTask().WithTimeout();
        var validator = await raised.Reader.ReadAsync().AsTask().WithTimeout();
        Assert.Equal(("error::handler", "no decoding"), (decoder.Name, decoder.Exception?.Message));
        Assert.Equal(("error::validation", "oh"), (validator.Name, validator.Exception?.Message));
        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task CallbacksThrow_OnConnectAndDisconnect_LeaveNoGhost()
    {
        using var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(logs, static server => server.On("subscribe", static (connection, _, cancellationToken) =>
        {
            connection.Session.Closed += static (_, _) => throw new InvalidOperationException("closed");
            connection.Session.ClosedToken.Register(static () => throw new InvalidOperationException("token"));
            cancellationToken.Register(static () => throw new InvalidOperationException("token"));
            return default;
        }));
        foreach (var polling in new[] { false, true })
        {
            await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme", polling: polling);
            await client.SendAsync("""{"event":"subscribe"}""");
            await server.GetAccount("acme").DisconnectAsync();
            await client.Closed.WithTimeout();
        }

        await Deadline.WaitUntilAsync(async () => server.ConnectionCount == 0 && (await server.Cluster.GetConnectionsAsync("acme")).Count == 0);
    }

    [Theory]
    [InlineData("Upgraded")]
    [InlineData("Heartbeat")]
    public async Task SessionEventThrows_LogsTheExceptionAndLeavesNoGhost(string name)
    {
        using var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(
            logs,
            server => server.On("subscribe", (connection, _, _) =>
            {
                connection.Session.Upgraded += _ => ThrowIf(name == "Upgraded");
                connection.Session.Heartbeat += _ => ThrowIf(name == "Heartbeat");
                return default;
            }),
            static options => options.EngineIO.OpenPacketDelay = TimeSpan.Zero);
        using var http = new HttpClient();
        var poll = new Uri($"{server.GetUrl()}/stream/?EIO=4&transport=polling&account=acme");
        var sid = EngineTestHost.ParseSid(await http.GetStringAsync(poll).WithTimeout());
        using var content = new StringContent("""4{"event":"subscribe"}""");
        using var post = await http.PostAsync(new Uri($"{poll}&sid={sid}"), content).WithTimeout();
        var upgrade = RawWebSocket.BuildRequest($"?EIO=4&transport=websocket&account=acme&sid={sid}");
        using var socket = await RawWebSocket.RequestAsync(
            new Uri(server.GetUrl()).Port, upgrade.Replace("/engine.io/", "/stream/", StringComparison.Ordinal));
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());

        await socket.SendTextAsync("5");
        await socket.SendTextAsync("3");

        Assert.Equal(RawWebSocket.CloseOpcode, (await socket.ReadFrameAsync()).Opcode);
        await Deadline.WaitUntilAsync(
            async () => server.ConnectionCount == 0 && (await server.Cluster.GetConnectionsAsync("acme")).Count == 0);
        Assert.True((await server.Cluster.CheckRegistryAsync()).IsEqual);
        var entry = Assert.Single(logs.Collector.GetSnapshot());
        Assert.Equal((LogLevel.Error, "oh"), (entry.Level, entry.Exception?.Message));
        Assert.Contains(nameof(ThrowIf), entry.Exception!.StackTrace!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    public async Task OnHeadersThrows_AtTheHandshake_LeavesNoGhost(string transport)
    {
        using var logs = new FakeLoggerProvider();
        await using var server = await StartAsync(
            logs, static _ => { }, static options => options.EngineIO.OnHeaders = static (_, _) => throw new InvalidOperationException("oh"));

        await Assert.ThrowsAnyAsync<Exception>(() => TestClient.ConnectAsync(server.GetUrl(), "acme", polling: transport == "polling"));

        await Deadline.WaitUntilAsync(async () => server.ConnectionCount == 0 && (await server.Cluster.GetConnectionsAsync("acme")).Count == 0);
    }

    [Fact]
    public void Write_NoisyConnection_LogsOneEntryPerSecondAndCountsTheOthers()
    {
        var (time, logger) = (new FakeTimeProvider(), new FakeLogger());
        using var log = new UnhandledErrorLog(logger, time);

        for (var i = 0; i < 500; i++)
        {
            log.Write(Error(ErrorNames.Json, "secret", "noisy"));
        }

        log.Write(Error(ErrorNames.Json, "secret", "calm"));
        Assert.Equal(
            ["noisy", "calm"],
            logger.Collector.GetSnapshot().Select(static entry => entry.GetStructuredStateValue("ConnectionId")));
        Assert.All(logger.Collector.GetSnapshot(), static entry => Assert.Equal(LogLevel.Warning, entry.Level));
        Assert.DoesNotContain(logger.Collector.GetSnapshot(), static entry => entry.Message.Contains("secret", StringComparison.Ordinal));

        time.Advance(ErrorLogThrottle.Window);
        Assert.Equal("error::json on connection noisy: … and 499 more in 1 s.", logger.LatestRecord.Message);
        Assert.Equal(3, logger.Collector.Count);

        log.Write(Error(ErrorNames.Json, "secret", "noisy"));
        Assert.Equal(4, logger.Collector.Count);
        time.Advance(ErrorLogThrottle.Window);
        Assert.Equal(4, logger.Collector.Count);
    }

    [Fact]
    public void Write_ManyConnections_LogsABoundedNumberPerSecond()
    {
        var (time, logger) = (new FakeTimeProvider(), new FakeLogger());
        using var log = new UnhandledErrorLog(logger, time);

        for (var i = 0; i < 1000; i++)
        {
            log.Write(Error(ErrorNames.Json, "x", $"c{i}"));
        }

        Assert.Equal(ErrorLogThrottle.MaxPerWindow + 1, logger.Collector.Count);
        time.Advance(ErrorLogThrottle.Window);
        Assert.EndsWith(
            $"… and {1000 - ErrorLogThrottle.MaxPerWindow - 1} more in 1 s.", logger.LatestRecord.Message,
            StringComparison.Ordinal);
        Assert.Equal(ErrorLogThrottle.MaxPerWindow + 2, logger.Collector.Count);
    }

    [Fact]
    public void Write_ManyExceptions_LogsABoundedNumberOfStacks()
    {
        var (time, logger) = (new FakeTimeProvider(), new FakeLogger());
        using var log = new UnhandledErrorLog(logger, time);

        for (var i = 0; i < 50; i++)
        {
            log.Write(Error(ErrorNames.Handler, "x", $"c{i}") with { Exception = new InvalidOperationException("oh") });
        }

        Assert.Equal(50, logger.Collector.Count);
        Assert.Equal(
            UnhandledErrorLog.MaxStacksPerWindow,
            logger.Collector.GetSnapshot().Count(static entry => entry.Exception is not null));
        time.Advance(UnhandledErrorLog.StackWindow);
        log.Write(Error(ErrorNames.Handler, "x", "later") with { Exception = new InvalidOperationException("oh\nforged") });
        Assert.Equal("oh\\nforged", logger.LatestRecord.Exception?.Message);
    }

    [Fact]
    public void Dispose_EventsWereCounted_LogsTheirNumber()
    {
        var logger = new FakeLogger();
        var log = new UnhandledErrorLog(logger, new FakeTimeProvider());
        log.Write(Error(ErrorNames.Json, "x", "c"));
        log.Write(Error(ErrorNames.Json, "x", "c"));
        log.Dispose();
        Assert.Equal("error::json on connection c: … and 1 more in 1 s.", logger.LatestRecord.Message);
    }

    [Fact]
    public async Task Messages_MadeToForgeTheLog_AreLoggedOnOneLineEach()
    {
        using var logs = new FakeLoggerProvider();
        var raised = System.Threading.Channels.Channel.CreateUnbounded<ScalerError>();
        await using var server = await StartAsync(
            logs,
            server =>
            {
                server.On("raw", static (_, message, _) =>
                {
                    message.GetArgument<Dictionary<string, int>>(0);
                    return default;
                });
                server.On(
                    "broken", static (_, message, _) => throw new InvalidOperationException(message.GetArgument<string>(0)));
                server.Errors.Observed += error => raised.Writer.TryWrite(error);
            },
            static options => options.Strict = true);
        await using var attacker = await TestClient.ConnectAsync(server.GetUrl(), "attacker");
        await using var neighbour = await TestClient.ConnectAsync(server.GetUrl(), "neighbour");
        const string Forged = "\\u001b[2J\\r\\ninfo: forged\\u2028\\u202e";

        foreach (var message in new[]
        {
            $$"""{"event":"{{Forged}}"}""", "{ \u001b[2J\ninfo: forged", "[\"\u202e\"]",
            $$$"""{"event":"raw","args":[{"{{{Forged}}}":"x"}]}""", $$"""{"event":"broken","args":["{{Forged}}"]}""",
        })
        {
            await attacker.SendAsync(message);
            var error = await raised.Reader.ReadAsync().AsTask().WithTimeout();
            Assert.All(error.Arguments, AssertVisible);
        }

        await neighbour.SendAsync("""{"event":"calm"}""");
        Assert.Equal("neighbour", (await raised.Reader.ReadAsync().AsTask().WithTimeout()).Account);
        await Deadline.WaitUntilAsync(() => logs.Collector.GetSnapshot().Any(
            static entry => entry.Message.Contains("calm", StringComparison.Ordinal)));
        Assert.Equal(2, server.ConnectionCount);
        Assert.All(logs.Collector.GetSnapshot(), static entry =>
        {
            AssertVisible(entry.Message);
            AssertVisible(entry.Exception?.Message ?? "");
        });

        // Only the application's own exception has a stack. An argument of the wrong type is the client's fault.
        var stack = Assert.Single(logs.Collector.GetSnapshot(), static entry => entry.Exception is not null);
        Assert.Contains("error::handler (broken", stack.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(128, "error::json", "xxxx")]
    [InlineData(0, "error::json", "")]
    public async Task Message_NotParsed_KeepsItsBeginning(int maxLength, string name, string start)
    {
        using var logs = new FakeLoggerProvider();
        var raised = new TaskCompletionSource<ScalerError>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            logs, server => server.Errors.Raised += error => raised.TrySetResult(error),
            options => options.MaxErrorMessageLength = maxLength == 128 ? options.MaxErrorMessageLength : maxLength);
        await using var client = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await client.SendAsync(new string('x', 5000));

        var error = await raised.Task.WithTimeout();
        Assert.Equal(name, error.Name);
        var kept = Assert.Single(error.Arguments);
        Assert.StartsWith(start, kept, StringComparison.Ordinal);
        Assert.Equal(maxLength == 0 ? 0 : maxLength + 1, kept.Length);
    }

    private static void AssertVisible(string text) => Assert.DoesNotContain(
        text, static character => char.IsControl(character) || character is '\u2028' or '\u202e');

    private static ScalerError Error(string name, string argument, string? connectionId = null) => new()
    {
        ConnectionId = connectionId,
        Name = name,
        Arguments = [argument],
        At = default,
        Server = "one",
    };

    private static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new InvalidOperationException("oh");
        }
    }

    private static ValueTask ThrowingHandler(ScalerConnection connection, ScalerMessage message, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("oh");

    private async Task<ScalerServer> StartAsync(
        FakeLoggerProvider logs, Action<ScalerServer> prepare, Action<ScalerOptions>? configure = null)
    {
        var options = new ScalerOptions { Prefix = backends.NewPrefix() };

        // Without a secret, the server logs a warning at start.
        options.Cluster.Secret = "the secret of the servers of these tests";
        options.Cluster.DrainBudget = TimeSpan.Zero;
        (options.Cluster.RegistrationTimeout, options.Cluster.SendTimeout) = (TimeSpan.FromSeconds(10), Deadline.DefaultTimeout);
        configure?.Invoke(options);
        var server = new ScalerServer(
            await backends.ConnectAsync(Backend.Garnet), options, LoggerFactory.Create(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Warning)));
        prepare(server);
        await server.ListenAsync("http://127.0.0.1:0");
        return server;
    }

    private sealed class ThrowingDecoder : IMessageDecoder
    {
        public DecodeOutcome Decode(ReadOnlyMemory<byte> data, bool isBinary, out DecodedMessage message) =>
            data.Span.SequenceEqual("throw"u8)
                ? throw new InvalidOperationException("no decoding")
                : JsonMessageDecoder.Instance.Decode(data, isBinary, out message);
    }
}
