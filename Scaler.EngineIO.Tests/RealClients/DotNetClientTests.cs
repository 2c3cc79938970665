namespace Scaler.EngineIO.Tests.RealClients;

/// <summary>Tests the engine of the NuGet package SocketIOClient with a minimal Socket.IO server on this engine.</summary>
public sealed class DotNetClientTests
{
    [Theory]
    [MemberData(nameof(ClientRows.DotNet), MemberType = typeof(ClientRows))]
    public async Task SocketIOClient_OverEachTransport_Passes(string client, string transport, string row)
    {
        var echo = new ClientEcho();
        await using var host = await EngineTestHost.StartAsync(
            static options => options.AllowV3 = true, SocketFraming.CreateHandler(echo));
        await DotNetClient.RunAsync($"http://localhost:{host.Port}", "/engine.io", client, transport, row);
        await echo.AssertEndAsync(client, transport, row);
    }

    /// <summary>The package appends a slash to the path, so it requests <c>/engine.io//</c>.</summary>
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    public async Task SocketIOClient_PathThatEndsWithASlash_Passes(string transport)
    {
        var echo = new ClientEcho();
        await using var host = await EngineTestHost.StartAsync(handler: SocketFraming.CreateHandler(echo));
        await DotNetClient.RunAsync($"http://localhost:{host.Port}", "/engine.io/", "socketioclient-4", transport, "event");
        await echo.AssertEndAsync("socketioclient-4", transport, "event");
    }
}
