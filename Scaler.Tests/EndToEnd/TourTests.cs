using Aspire.Hosting.Testing;
using Scaler.Tests.Aspire;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.EndToEnd;

/// <summary>
/// Runs the tour of the README against the complete topology: three servers behind one endpoint without session affinity.
/// </summary>
[Collection(AppHostCollection.Name)]
public sealed class TourTests(AppHostFixture fixture, ITestOutputHelper output)
{
    [NodeFact("samples/client")]
    public async Task Tour_AgainstThreeServers_ReceivesEveryMessageOnceInOrder()
    {
        var url = new Uri(fixture.App.GetEndpoint("stream"), "/stream/");

        var console = await NodeRunner.RunAsync("samples/client/tour.mjs", url.ToString());

        output.WriteLine(console);
        Assert.Contains("every message came exactly once, in order", console, StringComparison.Ordinal);
    }
}
