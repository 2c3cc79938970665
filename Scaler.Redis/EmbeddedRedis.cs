using System.Globalization;
using Garnet;

namespace Scaler.Redis;

/// <summary>
/// Runs Garnet, a Redis-compatible server, on the loopback address. The port is <c>Scaler:Redis:Port</c>; the default is 6379.
/// </summary>
internal sealed partial class EmbeddedRedis(
    IConfiguration configuration, ILoggerFactory loggers, ILogger<EmbeddedRedis> logger) : IHostedService, IDisposable
{
    private GarnetServer? _server;

    public static int Port(IConfiguration configuration) => configuration.GetValue("Scaler:Redis:Port", 6379);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var port = Port(configuration).ToString(CultureInfo.InvariantCulture);
        _server = new GarnetServer(
            ["--port", port, "--bind", "127.0.0.1", "--lua", "true", "--lua-transaction-mode", "true", "-q", "true"], loggers);
        _server.Start();
        Log.Listening(logger, port);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Garnet is listening on 127.0.0.1:{Port}")]
        public static partial void Listening(ILogger logger, string port);
    }
}
