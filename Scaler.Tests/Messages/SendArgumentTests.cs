using System.Text.Json;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Messages;

/// <summary>Tests the arguments of the send methods, without a connection to Redis.</summary>
public sealed class SendArgumentTests : IAsyncLifetime
{
    private readonly ScalerServer _server = ScalerServer.Create(UnconnectedRedis.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task SendAsync_OptionsOrTokenAsArgument_ThrowsAtOnce()
    {
        var account = _server.GetAccount("acme");
        SendOptions? none = null;

        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", CancellationToken.None, "x"));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", "x", none));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", "x", new BroadcastOptions()));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", ["x", new SendOptions()]));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", "x", (object)CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", "x", EngineSendFlags.Volatile));
        await Assert.ThrowsAsync<ArgumentException>(() => account.SendAsync("e", default(ScalerMessage)));
        await Assert.ThrowsAsync<ArgumentException>(() => _server.BroadcastAsync("e", "x", new SendOptions { Only = "a" }));
        await Assert.ThrowsAsync<ArgumentException>(() => _server.Cluster.BroadcastAsync("e", "x", new SendOptions { Only = "a" }));
        await Assert.ThrowsAsync<ArgumentException>(() => _server.Cluster.SendAsync("acme", "e", "x", new BroadcastOptions()));
    }

    [Fact]
    public async Task SendAsync_OnlyAndExcept_ThrowsAtOnce() => await Assert.ThrowsAsync<ArgumentException>(
        () => _server.GetAccount("acme").SendAsync("e", "x", new SendOptions { Only = "a", Except = "b" }));

    [Fact]
    public void Encode_Arguments_WritesTheirRunTimeTypes()
    {
        var json = JsonSerializerOptions.Web;

        Assert.Equal("""{"event":"e","args":[]}""", Text(MessageWriter.Encode(json, "e")));
        Assert.Equal("""{"event":"e","args":[["a","b"]]}""", Text(MessageWriter.Encode(json, "e", new[] { "a", "b" })));
        Assert.Equal("""{"event":"e","args":[[1,2]]}""", Text(MessageWriter.Encode(json, "e", new[] { 1, 2 })));
        Assert.Equal("""{"event":"e","args":[1,"a"]}""", Text(MessageWriter.Encode(json, "e", [1, "a"])));
        Assert.Equal("""{"event":"e","args":[null,true]}""", Text(MessageWriter.Encode<string?, bool>(json, "e", null, true)));
        Assert.Equal("""{"event":"e","args":[{"more":2,"id":1},3,null]}""", Text(MessageWriter.Encode<Base, int?, int?>(json, "e", new Derived(1, 2), 3, null)));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private record Base(int Id);

    private sealed record Derived(int Id, int More) : Base(Id);
}
