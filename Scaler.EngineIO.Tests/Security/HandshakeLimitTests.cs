using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Limits;

namespace Scaler.EngineIO.Tests.Security;

public sealed class HandshakeLimitTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    [Fact]
    public async Task Handshake_AboveTheLimit_Returns429AndServesOthers()
    {
        var reported = new List<EngineLimitReached>();
        await using var host = await EngineTestHost.StartAsync(options =>
        {
            options.MaxHandshakesPerAddress = 2;
            options.HandshakeWindow = Window;
            options.OnLimitReached = reported.Add;
        });
        using var limits = new MetricCollector<long>(
            host.Services.GetRequiredService<IMeterFactory>(), "Scaler.EngineIO", "engineio.server.limits_reached");
        using var neighbours = await WellBehavedClients.ConnectAsync(host);

        var refused = await host.GetAsync("?EIO=4&transport=polling");
        refused.AssertError(429, 3, "Too many handshakes from this address");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 3600);
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
        Assert.StartsWith("HTTP/1.1 429 ", socket.ResponseHeaders, StringComparison.Ordinal);

        // Reported at most once per second, but counted each time.
        Assert.Equal((EngineLimit.Handshakes, null), (Assert.Single(reported).Limit, reported[0].Session));
        Assert.Equal(["handshakes", "handshakes"], limits.GetMeasurementSnapshot().Select(static m => m.Tags["engineio.limit"]));
        await neighbours.AssertUnaffectedAsync();

        // Another address of the same machine has its own limit.
        using var other = LocalAddressHttpClient.Create("127.0.0.2");
        Assert.StartsWith(
            "0{", await other.GetStringAsync(new Uri($"http://127.0.0.1:{host.Port}/engine.io/?EIO=4&transport=polling")).WithTimeout(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryTake_TokensRefilled_ReturnsTrueAgain()
    {
        using var limiter = new HandshakeLimiter(5, TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var index = 0; index < 5; index++)
        {
            Assert.True(limiter.TryAcquire(IPAddress.Loopback, out _));
        }

        Assert.False(limiter.TryAcquire(IPAddress.Loopback, out var retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);
        await Deadline.WaitUntilAsync(() => limiter.TryAcquire(IPAddress.Loopback, out _));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void TryTake_IPv6Addresses_AreCountedByNetwork(string first, string second, bool same)
    {
        using var limiter = new HandshakeLimiter(1, Window, TimeProvider.System);
        Assert.True(limiter.TryAcquire(IPAddress.Parse(first), out _));
        Assert.Equal(!same, limiter.TryAcquire(IPAddress.Parse(second), out _));
    }

    [Fact]
    public void TryTake_NoAddress_IsNotLimited()
    {
        using var limiter = new HandshakeLimiter(1, Window, TimeProvider.System);
        Assert.True(limiter.TryAcquire(null, out _) && limiter.TryAcquire(null, out _));
    }

    [Fact]
    public void TryTake_MoreAddressesThanRemembered_BoundsTheMemory()
    {
        const int Remembered = 10;
        const int SharedLimiters = 1_024;
        using var limiter = new HandshakeLimiter(1, Window, TimeProvider.System, Remembered);
        for (var index = 0; index < 20_000; index++)
        {
            limiter.TryAcquire(new IPAddress(index + 1L), out _);
        }

        Assert.InRange(limiter.AddressCount, Remembered, Remembered + SharedLimiters);
    }

    [Fact]
    public async Task Addresses_AddressIdle_IsRemoved()
    {
        using var limiter = new HandshakeLimiter(1, TimeSpan.FromMilliseconds(1), TimeProvider.System);
        limiter.TryAcquire(IPAddress.Loopback, out _);
        Assert.Equal(1, limiter.AddressCount);

        // PartitionedRateLimiter removes the limiter of an idle address after 10 s.
        await Deadline.WaitUntilAsync(() => limiter.AddressCount == 0);
    }

    [Fact]
    public void TryTell_CalledRepeatedly_ReturnsTrueOncePerSecond()
    {
        var time = new FakeTimeProvider();
        using var limiter = new HandshakeLimiter(1, Window, time);
        Assert.True(limiter.TryAcquireNotification());
        Assert.False(limiter.TryAcquireNotification());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.TryAcquireNotification());
    }
}
