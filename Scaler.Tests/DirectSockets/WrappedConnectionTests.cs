using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests that a WebSocket, which normally writes directly to its socket, writes through the upgraded stream if middleware
/// has replaced that stream.
/// </summary>
public sealed class WrappedConnectionTests
{
    [Fact]
    public async Task WebSocket_WhoseStreamIsWrappedByMiddleware_WritesThroughTheWrapper()
    {
        var wrapper = new Wrapper();
        await using var host = await EngineTestHost.StartAsync(services: services => services.AddSingleton<IStartupFilter>(wrapper));
        using var socket = await RawWebSocket.ConnectAsync(host.Port, "?EIO=4&transport=websocket");
        await socket.ReadTextAsync();
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());

        Assert.Equal("4hello"u8.ToArray(), wrapper.Written.ToArray()[^6..]);
    }

    private sealed class Wrapper : IStartupFilter
    {
        public MemoryStream Written { get; } = new();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Use((context, nextMiddleware) =>
            {
                var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
                context.Features.Set<IHttpUpgradeFeature>(new WrappedUpgrade(upgrade, Written));
                return nextMiddleware(context);
            });
            next(application);
        };
    }

    private sealed class WrappedUpgrade(IHttpUpgradeFeature inner, MemoryStream written) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<System.IO.Stream> UpgradeAsync() => new RecordingStream(await inner.UpgradeAsync(), written);
    }

    private sealed class RecordingStream(System.IO.Stream inner, MemoryStream written) : System.IO.Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written.Write(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
