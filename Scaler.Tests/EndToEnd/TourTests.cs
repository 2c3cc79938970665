using Aspire.Hosting.Testing;
using Scaler.Tests.Aspire;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.EndToEnd;

/// <summary>The README's tour, against the whole topology: three servers behind one endpoint without affinity.</summary>
[Collection(AppHostCollection.Name)]
public sealed class TourTests(AppHostFixture fixture, ITestOutputHelper output)
{
    [NodeFact("samples/client")]
    public async Task TheTour_EveryMessageComesExactlyOnceInOrder()
    {
        var url = new Uri(fixture.App.GetEndpoint("stream"), "/stream/");

        var printed = await Node.RunAsync("samples/client/tour.mjs", url.ToString());

        output.WriteLine(printed);
        Assert.Contains("every message came exactly once, in order", printed, StringComparison.Ordinal);
    }
}
