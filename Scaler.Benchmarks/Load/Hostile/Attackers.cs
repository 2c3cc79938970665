using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Runs 16 attackers in parallel. Each attacker picks its next attack at random, by the seed.</summary>
internal sealed class Attackers : IAsyncDisposable
{
    private const int Count = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _done;

    public Attackers(IPEndPoint server, int seed)
    {
        _running = Task.WhenAll(Enumerable.Range(0, Count).Select(number => RunAsync(server, new Random(seed + number))));
    }

    /// <summary>Gets the number of attacks so far, by name.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new();

    public long Total => Volatile.Read(ref _done);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(IPEndPoint server, Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var attack = Attacks.All[random.Next(Attacks.All.Count)];
            try
            {
                await attack.RunAsync(server, random, _stopping.Token);
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The server has disconnected the attacker, as it should.
            }

            Done.AddOrUpdate(attack.Name, 1, (_, count) => count + 1);
            Interlocked.Increment(ref _done);
            try
            {
                await Task.Delay(Pause, TimeProvider.System, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
