namespace Scaler.EngineIO.Tests.RealClients;

/// <summary>
/// Tests Debian's python3-engineio, and python3-socketio with a minimal Socket.IO server on this engine: an implementation of
/// the protocol that shares no code with the official one.
/// </summary>
public sealed class PythonClientTests(PythonClientTests.Fixture fixture) : IClassFixture<PythonClientTests.Fixture>
{
    [PythonTheory]
    [MemberData(nameof(ClientRows.PythonEngine), MemberType = typeof(ClientRows))]
    public Task EngineClient_OverEachTransport_Passes(string client, string transport, string row) =>
        fixture.AssertPassedAsync(client, transport, row);

    [PythonTheory]
    [MemberData(nameof(ClientRows.PythonSocket), MemberType = typeof(ClientRows))]
    public Task SocketClient_OverEachTransport_Passes(string client, string transport, string row) =>
        fixture.AssertPassedAsync(client, transport, row);

    public sealed class Fixture : ClientFixture
    {
        private protected override Task<ClientRun> RunAsync(string engineUrl, string socketUrl) =>
            ClientRun.RunAsync(PythonTheoryAttribute.Interpreter, "python_clients.py", engineUrl, socketUrl);
    }
}
