using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Hostile;

/// <summary>
/// A server that hostile clients meet, with bystanders. When it ends, the bystanders must have been served all the time, no session
/// be left, and memory be what it was, give or take <see cref="Margin"/>; an error in the log fails the test as well.
/// </summary>
internal sealed class HostileHost : IAsyncDisposable
{
    /// <summary>What the process may hold afterwards that it did not hold before: pools, logs, compiled code.</summary>
    private const long Margin = 128 * 1024 * 1024;

    private readonly Bystanders _bystanders;
    private readonly long _before;

    private HostileHost(EngineTestHost engine, Bystanders bystanders, long before) => (Engine, _bystanders, _before) = (engine, bystanders, before);

    public EngineTestHost Engine { get; }

    public int Port => Engine.Port;

    public EngineTestHandler Handler => Engine.Handler;

    /// <summary>
    /// For clients that end their sessions themselves and read what answers them: on a machine that is busy a ping that is due soon comes before it.
    /// </summary>
    public static void PingsLate(EngineIOOptions options) => options.PingInterval = TimeSpan.FromMinutes(1);

    public static async Task<HostileHost> StartAsync(
        Action<EngineIOOptions>? configure = null, Action<KestrelServerOptions>? kestrel = null, EngineTestHandler? handler = null,
        Action<IServiceCollection>? services = null)
    {
        var engine = await EngineTestHost.StartAsync(
            options =>
            {
                // A client that is gone without a word is noticed within seconds.
                options.PingInterval = TimeSpan.FromSeconds(1);
                options.PingTimeout = TimeSpan.FromSeconds(5);
                options.CloseTimeout = TimeSpan.FromMilliseconds(500);
                configure?.Invoke(options);
            },
            handler ?? new EngineTestHandler { Quiet = true },
            services: all =>
            {
                if (kestrel is not null)
                {
                    all.Configure(kestrel);
                }

                services?.Invoke(all);
            });
        var bystanders = await Bystanders.StartAsync(engine);
        return new HostileHost(engine, bystanders, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>How much more memory is in use than before the first hostile client.</summary>
    public long Grown() => GC.GetTotalMemory(forceFullCollection: true) - _before;

    /// <summary>Asserts that memory is bounded.</summary>
    public void HasGrownByLessThan(long bytes)
    {
        var grown = Grown();
        Assert.True(grown < bytes, $"{grown:N0} bytes more are in use; {bytes:N0} are allowed.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _bystanders.StopAsync();
            await Deadline.Until(() => Engine.Server.Count == 0, what: "the end of every session");
            HasGrownByLessThan(Margin);
        }
        finally
        {
            await Engine.DisposeAsync();
        }
    }
}
