using System.Globalization;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Seeding;

/// <summary>
/// Implements the <c>seed</c> command: fills a cluster with simulated servers, accounts, connections, messages and errors for a
/// limited time. Programs that read a cluster, above all the dashboard, can then be tested at a size for which no test machine
/// has enough sockets. The command removes all of its data at the end.
/// </summary>
internal static class SeedCommand
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

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
        ConsoleCancelEventHandler onCancel = (_, pressed) =>
        {
            // The first Ctrl+C removes the written data. The second exits at once; the remaining data expires by itself.
            pressed.Cancel = !ending.IsCancellationRequested;
            ending.Cancel();
        };
        Console.CancelKeyPress += onCancel;
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options.Redis);
            await RunAsync(redis, options, TimeProvider.System, ending.Token);
            return 0;
        }
        catch (RedisConnectionException exception)
        {
            await Console.Error.WriteLineAsync($"No Redis can be reached at '{options.Redis}' (--redis): {exception.Message}");
            return 1;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }

    private static async Task RunAsync(IConnectionMultiplexer redis, SeedOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var servers = Enumerable.Range(1, options.Servers).Select(number => new SimulatedServer(redis, options, number, time)).ToArray();
        for (var i = 0; i < options.Connections; i++)
        {
            // Spread the connections of an account over several servers, as load balancers do.
            servers[(i + (i / options.Accounts)) % servers.Length].AddConnections(SeedAccounts.Name(i % options.Accounts), 1);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = new SeedErrors(redis, options, servers, time);
        try
        {
            var started = time.GetTimestamp();
            await Task.WhenAll(servers.Select(server => server.JoinAsync()));
            var renewing = RenewAsync(servers, time, over.Token);
            await Task.WhenAll(servers.Select(server => server.RegisterAsync(cancellationToken)));
            Print(
                $"Registered {options.Connections} connections of {options.Accounts} accounts on {servers.Length} servers in {time
                    .GetElapsedTime(started).TotalSeconds:0.0} s. Keeping them for {options.Seconds} s.");

            over.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
            await IgnoreCancellationAsync(
                Task.WhenAll(renewing, errors.RunAsync(over.Token), SendAsync(servers, options, time, over.Token)));
        }
        finally
        {
            Print($"Raised {errors.Raised} errors. Removing all data.");
            await over.CancelAsync();
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            await errors.RemoveAsync();

            Print($"Removed all data.");
        }
    }

    private static async Task RenewAsync(SimulatedServer[] servers, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RenewInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await Task.WhenAll(servers.Select(server => server.RenewAsync()));
        }
    }

    private static async Task SendAsync(SimulatedServer[] servers, SeedOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
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

    /// <summary>Awaits work, and ignores its cancellation.</summary>
    private static async Task IgnoreCancellationAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
