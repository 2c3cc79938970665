using System.Diagnostics;
using System.Globalization;
using Scaler.Benchmarks.Load.Wire;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>A redis-server process for one measurement, without persistence.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly ConnectionMultiplexer _client;

    private RedisProcess(ServerProcess process, ConnectionMultiplexer client)
    {
        _process = process;
        _client = client;
    }

    public string Address => _process.EndPoint.ToString();

    public TimeSpan Cpu => _process.Cpu;

    public static async Task<RedisProcess> StartAsync(CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        var start = new ProcessStartInfo("redis-server",
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        var process = await ServerProcess.StartAsync(start, port, HttpConnection.AcceptsAsync, cancellationToken);
        return new RedisProcess(process, await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true"));
    }

    /// <summary>Returns the number of commands that Redis has processed, without INFO and PING.</summary>
    public async Task<long> CommandsAsync()
    {
        var commands = await _client.GetServers()[0].InfoAsync("commandstats");
        return commands.SelectMany(group => group)
            .Where(command => command.Key is not ("cmdstat_info" or "cmdstat_ping"))
            .Sum(command => long.Parse(command.Value.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _process.DisposeAsync();
    }
}
