namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>The input whose socket the platform waits for.</summary>
public sealed class PooledSocketInputTests : SocketInputTests
{
    private protected override Task<SocketPair> OpenAsync() => SocketPair.OpenAsync();
}
