using System.Globalization;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Seeding;

/// <summary>
/// Fills a cluster with simulated servers, accounts, connections, messages and errors for a bounded time, so that what reads a cluster (the
/// dashboard, above all) can be looked at and measured at a size that no test machine has sockets for. Afterwards everything is removed.
/// </summary>
internal static class SeedCommand
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(string[] arguments)
    {
        SeedOptions options;
        try
        {
            options = SeedOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }

        using var ending = new CancellationTokenSource();
        ConsoleCancelEventHandler end = (_, pressed) =>
        {
            // Once: to take back what was written. Twice ends it as it is; what is left expires by itself.
            pressed.Cancel = !ending.IsCancellationRequested;
            ending.Cancel();
        };
        Console.CancelKeyPress += end;
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options.Redis);
            await RunAsync(redis, options, TimeProvider.System, ending.Token);
            return 0;
        }
        catch (RedisConnectionException exception)
        {
            await Console.Error.WriteLineAsync($"--redis is '{options.Redis}', where none can be reached: {exception.Message}");
            return 1;
        }
        finally
        {
            Console.CancelKeyPress -= end;
        }
    }

    private static async Task RunAsync(IConnectionMultiplexer redis, SeedOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var servers = Enumerable.Range(1, options.Servers).Select(number => new SimulatedServer(redis, options, number, time)).ToArray();
        for (var i = 0; i < options.Connections; i++)
        {
            // An account's connections are on several servers, as load balancers put them.
            servers[(i + (i / options.Accounts)) % servers.Length].Hold(SeedAccounts.Name(i % options.Accounts), 1);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = new SeedErrors(redis, options, servers, time);
        try
        {
            var started = time.GetTimestamp();
            await Task.WhenAll(servers.Select(server => server.JoinAsync()));
            var renewing = RenewAsync(servers, time, over.Token);
            await Task.WhenAll(servers.Select(server => server.RegisterAsync(cancellationToken)));
            Say($"registered {options.Connections} connections of {options.Accounts} accounts on {servers.Length} servers in {time.GetElapsedTime(started).TotalSeconds:0.0} s; for {options.Seconds} s they stay");

            over.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
            await QuietlyAsync(Task.WhenAll(renewing, errors.RunAsync(over.Token), SendAsync(servers, options, time, over.Token)));
        }
        finally
        {
            Say($"raised {errors.Raised} errors; removing everything");
            await over.CancelAsync();
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            await errors.RemoveAsync();

            Say($"removed");
        }
    }

    private static async Task RenewAsync(SimulatedServer[] servers, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Renewal, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await Task.WhenAll(servers.Select(server => server.RenewAsync()));
        }
    }

    private static async Task SendAsync(SimulatedServer[] servers, SeedOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var started = time.GetTimestamp();
        var sent = 0L;
        while (options.MessagesPerSecond > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            for (var due = (long)(time.GetElapsedTime(started).TotalSeconds * options.MessagesPerSecond); sent < due; sent++)
            {
                await servers[sent % servers.Length].SendAsync(
                    SeedAccounts.Name((int)(sent * 104_729 % options.Accounts)), """{"event":"chat","args":["hello"]}"""u8.ToArray());
            }
        }
    }

    /// <summary>Waits for work that is ended by its token.</summary>
    private static async Task QuietlyAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
