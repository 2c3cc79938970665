using Scaler.Tests.Cluster;

namespace Scaler.Tests.Stream.Api;

/// <summary>A base class for tests of two API servers that share a Redis.</summary>
public abstract class TwoApiHostsTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    internal ApiHost One { get; private set; } = null!;

    internal ApiHost Two { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var prefix = backends.NewPrefix();
        One = await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), prefix, ("Scaler:Cluster:ServerId", "one"));
        Two = await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), prefix, ("Scaler:Cluster:ServerId", "two"));
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }
}
