namespace Scaler.EngineIO.Tests;

/// <summary>
/// Tests four major versions of the official client with text, binary data, every Unicode plane, 1 MB messages, and 10,000
/// messages in order. Version 3 uses protocol 3; the others use protocol 4.
/// </summary>
public sealed class NodeClientTests
{
    [NodeTheory]
    [InlineData("3", "polling")]
    [InlineData("3", "websocket")]
    [InlineData("3", "upgraded")]
    [InlineData("4", "polling")]
    [InlineData("4", "websocket")]
    [InlineData("4", "upgraded")]
    [InlineData("5", "polling")]
    [InlineData("5", "websocket")]
    [InlineData("5", "upgraded")]
    [InlineData("6", "polling")]
    [InlineData("6", "websocket")]
    [InlineData("6", "upgraded")]
    public async Task Client_OverEachTransport_ReceivesItsEchoes(string version, string mode)
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.AllowV3 = true;
            // 1 MB of binary data is longer than the default limit of 1,000,000 bytes when it is sent as base64.
            options.MaxPayload = 4_000_000;
        });
        var output = await NodeRunner.RunAsync(
            $"{NodeRunner.EngineClientsFolder}/engine-client.mjs", version, mode, host.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("ok over " + (mode == "polling" ? "polling" : "websocket"), output);
        // Over WebSocket, the client closes the connection without sending a close packet.
        Assert.Equal(
            mode == "polling" ? EngineCloseReason.ClientClose : EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
    }
}
