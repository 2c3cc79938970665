namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests the socket input with the readiness notifications of the platform, whose continuations run on the thread pool.
/// </summary>
public sealed class ThreadPoolSocketInputTests : SocketInputTests
{
    private protected override Task<SocketPair> OpenAsync() => SocketPair.OpenAsync();
}
