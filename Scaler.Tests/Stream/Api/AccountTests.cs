using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream.Api;

/// <summary>Tests listing and disconnecting accounts over HTTP.</summary>
public sealed class AccountTests(Backends backends) : TwoApiHostsTests(backends)
{
    [Fact]
    public async Task GetAccounts_WithTakeAndAfter_ReturnsThemPageByPage()
    {
        await using var a = await TestClient.ConnectAsync(One.Url, "a/1");
        await using var b = await TestClient.ConnectAsync(Two.Url, "a/2");
        await using var c = await TestClient.ConnectAsync(One.Url, "a/2");
        await using var d = await TestClient.ConnectAsync(One.Url, "b");

        var (status, first) = await Two.GetAsync("/api/accounts?prefix=a%2F&take=1");
        Assert.Equal(200, status);
        Assert.Equal(
            """{"accounts":[{"name":"a/1","connections":1,"servers":["one"]}],"next":"a/1"}""", first.ToString());

        var second = (await Two.GetAsync("/api/accounts?prefix=a%2F&take=1000&after=a%2F1")).Body;
        var account = Assert.Single(second.GetProperty("accounts").EnumerateArray());
        Assert.Equal(("a/2", 2), (account.GetProperty("name").GetString(), account.GetProperty("connections").GetInt32()));
        Assert.Equal(["one", "two"], account.GetProperty("servers").EnumerateArray().Select(static s => s.GetString()!).Order());
        Assert.Null(second.GetProperty("next").GetString());

        Assert.Equal(3, (await One.GetAsync("/api/accounts")).Body.GetProperty("accounts").GetArrayLength());
    }

    [Fact]
    public async Task GetAccount_Connected_ReturnsItsConnections()
    {
        await using var a = await TestClient.ConnectAsync(One.Url, "acme");
        await using var b = await TestClient.ConnectAsync(Two.Url, "acme", polling: true);

        var (status, whole) = await One.GetAsync("/api/accounts/acme");
        var (_, part) = await One.GetAsync("/api/accounts/acme?take=1");

        Assert.Equal(200, status);
        Assert.Equal(("acme", false), (whole.GetProperty("name").GetString(), whole.GetProperty("more").GetBoolean()));
        var connections = whole.GetProperty("connections").EnumerateArray().ToDictionary(static c => c.GetProperty("server").GetString()!);
        Assert.Equal(One.Server.Connections.Single().Id, connections["one"].GetProperty("id").GetString());
        Assert.Equal("polling", connections["two"].GetProperty("transport").GetString());
        Assert.Equal("127.0.0.1", connections["two"].GetProperty("remoteAddress").GetString());
        Assert.Equal((1, true), (part.GetProperty("connections").GetArrayLength(), part.GetProperty("more").GetBoolean()));
        Assert.DoesNotContain(a.Sid, whole.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AccountRequests_AccountNotConnected_Return404()
    {
        (await One.GetAsync("/api/accounts/unknown")).AssertProblem(404, "no connection");
        (await One.DeleteAsync("/api/accounts/unknown")).AssertProblem(404, "no connection");
        (await One.DeleteAsync("/api/accounts/unknown/connections/x")).AssertProblem(404, "no such connection");
    }

    [Fact]
    public async Task DeleteAccount_ConnectedToTwoServers_DisconnectsItOnBoth()
    {
        await using var a = await TestClient.ConnectAsync(One.Url, "acme");
        await using var b = await TestClient.ConnectAsync(Two.Url, "acme");
        await using var other = await TestClient.ConnectAsync(Two.Url, "acme2");

        (await One.DeleteAsync("/api/accounts/acme")).AssertReached(2, 2);

        await a.Closed.WithTimeout();
        await b.Closed.WithTimeout();
        (await One.PostAsync("/api/messages?receipts=true", """{"event":"end"}""")).AssertReached(1, 1);
        Assert.Equal("""{"event":"end","args":[]}""", await other.ReadMessageAsync());
    }

    [Fact]
    public async Task DeleteConnection_OnTheOtherServer_DisconnectsOnlyThatConnection()
    {
        await using var a = await TestClient.ConnectAsync(Two.Url, "acme");
        var id = Two.Server.Connections.Single().Id;
        await using var b = await TestClient.ConnectAsync(Two.Url, "acme");

        (await One.DeleteAsync($"/api/accounts/other/connections/{id}")).AssertProblem(404, "no such connection");
        (await One.DeleteAsync($"/api/accounts/acme/connections/{id}")).AssertReached(1, 1);

        await a.Closed.WithTimeout();
        await Deadline.WaitUntilAsync(() => Two.Server.ConnectionCount == 1);
        (await One.DeleteAsync($"/api/accounts/acme/connections/{id}")).AssertProblem(404, "no such connection");
        Assert.False(b.Closed.IsCompleted);
    }
}
