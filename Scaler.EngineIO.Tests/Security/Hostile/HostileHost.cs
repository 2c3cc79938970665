using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>
/// Hosts a server for hostile clients and bystanders. Disposal asserts that the bystanders were served all the time, that no
/// session is left, and that memory has grown by less than <see cref="Margin"/>. An error in the log fails the test as well.
/// </summary>
internal sealed class HostileHost : IAsyncDisposable
{
    /// <summary>The memory growth to allow for pools, logs and compiled code, in bytes.</summary>
    private const long Margin = 128 * 1024 * 1024;

    private readonly Bystanders _bystanders;
    private readonly long _before;

    private HostileHost(EngineTestHost engine, Bystanders bystanders, long before) => (Engine, _bystanders, _before) = (engine, bystanders, before);

    public EngineTestHost Engine { get; }

    public int Port => Engine.Port;

    public EngineTestHandler Handler => Engine.Handler;

    /// <summary>
    /// Sets the ping interval to one minute, for clients that end their sessions themselves and read the response. On a busy
    /// machine, a ping that is due soon would arrive before the response.
    /// </summary>
    public static void DelayPings(EngineIOOptions options) => options.PingInterval = TimeSpan.FromMinutes(1);

    public static async Task<HostileHost> StartAsync(
        Action<EngineIOOptions>? configure = null, Action<KestrelServerOptions>? kestrel = null, EngineTestHandler? handler = null,
        Action<IServiceCollection>? services = null)
    {
        var engine = await EngineTestHost.StartAsync(
            options =>
            {
                // Detects within seconds a client that disappeared without closing.
                options.PingInterval = TimeSpan.FromSeconds(1);
                options.PingTimeout = TimeSpan.FromSeconds(5);
                options.CloseTimeout = TimeSpan.FromMilliseconds(500);
                configure?.Invoke(options);
            },
            handler ?? new EngineTestHandler { DiscardsMessages = true },
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

    /// <summary>Returns the memory growth since before the first hostile client, in bytes.</summary>
    public long GetMemoryGrowth() => GC.GetTotalMemory(forceFullCollection: true) - _before;

    /// <summary>Asserts that memory has grown by less than a number of bytes.</summary>
    public void AssertMemoryGrowthBelow(long bytes)
    {
        var grown = GetMemoryGrowth();
        Assert.True(grown < bytes, $"Memory has grown by {grown:N0} bytes; {bytes:N0} bytes are allowed.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _bystanders.StopAsync();
            await Deadline.WaitUntilAsync(() => Engine.Server.Count == 0, what: "the end of every session");
            AssertMemoryGrowthBelow(Margin);
        }
        finally
        {
            await Engine.DisposeAsync();
        }
    }
}
