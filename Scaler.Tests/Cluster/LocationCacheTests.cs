using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;

namespace Scaler.Tests.Cluster;

public sealed class LocationCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LocationCache _places;

    public LocationCacheTests() => _places = new LocationCache(new RedisKeys("test"), _time);

    private long Now => _time.GetTimestamp();

    [Fact]
    public void Find_AllLeasesRunning_ReturnsTheHolders()
    {
        _places.Update("acme", [new("a.1", 1, true), new("b.1", 2, true)]);
        Assert.Null(_places.Find("acme", Now));

        _places.UpdateLeases("a.1=5000;"u8, Now);
        Assert.Null(_places.Find("acme", Now));

        _places.UpdateLeases("b.1=4000;c.1=9000;"u8, Now);
        Assert.Equal(["a.1", "b.1"], _places.Find("acme", Now)!.Epochs.Select(holder => holder.Name));

        _time.Advance(TimeSpan.FromMilliseconds(3999));
        Assert.NotNull(_places.Find("acme", Now));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_places.Find("acme", Now));
        _places.UpdateLeases("b.1=1000;"u8, Now);
        Assert.NotNull(_places.Find("acme", Now));
    }

    [Fact]
    public void Find_AccountWithoutHolders_ReturnsAnEmptyEntry()
    {
        Assert.Null(_places.Find("acme", Now));

        _places.Update("acme", []);

        Assert.Empty(_places.Find("acme", Now)!.Epochs);
    }

    [Fact]
    public void Learn_HolderNotListening_RemovesTheAccount()
    {
        Learn("acme", "a.1");
        Assert.NotNull(_places.Find("acme", Now));

        _places.Update("acme", [new("a.1", 1, true), new("b.1", 1, false)]);

        Assert.Null(_places.Find("acme", Now));
    }

    [Fact]
    public void Learn_BeyondCapacity_ClearsTheCacheAndKeepsWorking()
    {
        Learn("acme", "a.1");
        for (var i = 0; i < LocationCache.MaxAccounts; i++)
        {
            Learn(i.ToString(CultureInfo.InvariantCulture), "b.1");
        }

        Assert.Null(_places.Find("acme", Now));
        Learn("acme", "a.1");
        Assert.NotNull(_places.Find("acme", Now));
        Assert.NotNull(_places.Find($"{LocationCache.MaxAccounts - 1}", Now));
    }

    [Fact]
    public void Learn_ManyServerEpochs_KeepsWorking()
    {
        for (var i = 0; i < 5000; i++)
        {
            Learn("acme", $"a.{i}");
            Assert.Equal($"a.{i}", Assert.Single(_places.Find("acme", Now)!.Epochs).Name);
        }
    }

    private void Learn(string account, string holder)
    {
        _places.Update(account, [new(holder, 1, true)]);
        _places.UpdateLeases(System.Text.Encoding.UTF8.GetBytes($"{holder}=1000;"), Now);
    }
}
