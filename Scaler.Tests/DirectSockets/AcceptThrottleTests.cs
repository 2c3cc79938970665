using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.DirectSockets;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests how a listener behaves while the process runs out of file descriptors.</summary>
public sealed class AcceptThrottleTests
{
    private readonly FakeLogger _logger = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, true)]
    [InlineData(SocketError.NoBufferSpaceAvailable, true)]
    [InlineData(SocketError.ConnectionReset, false)]
    [InlineData(SocketError.ConnectionAborted, false)]
    public void IsExhaustion_AnError_IsTrueForLackOfResources(SocketError error, bool expected) =>
        Assert.Equal(expected, AcceptThrottle.IsExhaustion(new SocketException((int)error)));

    [Fact]
    public async Task PauseAsync_RepeatedWithinAnEpisode_LogsItsBeginningAndEndOnce()
    {
        var throttle = new AcceptThrottle(_logger, _time, maxDescriptor: 100, pauses: null);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(throttle.IsWithinLimit(100));
            var pause = throttle.PauseAsync("no descriptor", default);
            Assert.False(pause.IsCompleted);
            _time.Advance(AcceptThrottle.Pause);
            await pause.WithTimeout();

            // A single connection that was closed does not end the episode.
            Assert.True(throttle.IsWithinLimit(99));
        }

        Assert.Contains("no descriptor", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(throttle.IsWithinLimit(99));
        Assert.True(throttle.IsWithinLimit(99));
        Assert.Equal(2, _logger.Collector.Count);
        Assert.Contains("after 5 pauses", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptAsync_AboveTheLimit_ResetsTheConnectionAndPausesUntilUnbound()
    {
        await using var listener = Bind(maxDescriptor: 0);
        var accept = listener.AcceptAsync().AsTask();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await client.ConnectAsync(listener.EndPoint).WithTimeout();
            await client.ReceiveAsync(new byte[1]).WithTimeout();
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.False(accept.IsCompleted);

        await listener.UnbindAsync();
        Assert.Null(await accept.WithTimeout());
    }

    private DirectListener Bind(int maxDescriptor) => new(
        new IPEndPoint(IPAddress.Loopback, 0), new SocketTransportOptions(), MemoryPool<byte>.Shared, keepRequestOpen: false,
        new AcceptThrottle(_logger, _time, maxDescriptor, pauses: null));
}
