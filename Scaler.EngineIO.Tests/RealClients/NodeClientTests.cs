namespace Scaler.EngineIO.Tests.RealClients;

/// <summary>
/// Tests six major versions of the official client with text, binary data, every Unicode plane, 1 MB messages, and 10,000
/// messages in order, and closed by either side. Versions 1 to 3 use protocol 3; the others use protocol 4.
/// </summary>
public sealed class NodeClientTests(NodeClientTests.Fixture fixture) : IClassFixture<NodeClientTests.Fixture>
{
    [NodeTheory]
    [MemberData(nameof(ClientRows.Node), MemberType = typeof(ClientRows))]
    public Task EngineClient_OverEachTransport_Passes(string version, string transport, string row) =>
        fixture.AssertPassedAsync(version, transport, row);

    public sealed class Fixture : ClientFixture
    {
        private protected override Task<ClientRun> RunAsync(string engineUrl, string socketUrl) =>
            ClientRun.RunAsync("node", "engine-clients.mjs", engineUrl);
    }
}
