using System.Net;
using System.Text.Json;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Http;

public sealed class ExportTests : IAsyncLifetime
{
    private AdminHost _host = null!;
    private HttpClient _client = null!;
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _host = await AdminHost.StartAsync(time => _cluster = new FakeCluster(time));
        _client = _host.NewClient();
        using var login = await _client.GetAsync(new Uri($"/login?t={AdminHost.ReadOnlyToken}", UriKind.Relative));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Accounts_MoreThanOnePage_AreAllExported()
    {
        for (var i = 0; i < 2_500; i++)
        {
            _cluster.Connect($"acme-{i:0000}", "a");
        }

        _cluster.Connect("other", "b");
        using var response = await GetAsync("/export/accounts.csv?q=acme");
        Assert.Equal("attachment; filename=scaler-accounts.csv", response.Content.Headers.ContentDisposition!.ToString());
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("account,connections,servers", lines[0]);
        Assert.Equal("acme-0000,1,a", lines[1]);
        Assert.Equal("acme-2499,1,a", lines[^1]);
        Assert.Equal(2_501, lines.Length);
    }

    [Fact]
    public async Task Accounts_FormulaAsName_IsEscaped()
    {
        _cluster.Connect("=cmd|'/c calc'!A1", "a");
        using var response = await GetAsync("/export/accounts.csv");
        Assert.Contains("\r\n\"'=cmd|'/c calc'!A1\",1,a\r\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_Json_IsAnArray()
    {
        _cluster.Connect("acme", "a");
        _cluster.Connect("acme", "b");
        _cluster.Connect("zeta", "a");
        using var response = await GetAsync("/export/accounts.json");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(["acme", "zeta"], json.RootElement.EnumerateArray().Select(account => account.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Accounts_NoneConnected_IsAnEmptyArray()
    {
        using var response = await GetAsync("/export/accounts.json");
        Assert.Equal("[]\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Errors_Filters_ExportMatchingErrors()
    {
        SampleCluster.RaiseError(_cluster, _host.Time, 1, ErrorNames.Json, "acme", 0, ["{\"a\":"]);
        SampleCluster.RaiseError(_cluster, _host.Time, 0, ErrorNames.Validation, "acme", 0, ["chat", "refused, \"really\""]);
        using var csv = await GetAsync("/export/errors.csv?type=error%3A%3Avalidation");
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("error::validation,no,no,stream-1-7f3a,acme,", lines[1], StringComparison.Ordinal);

        using var response = await GetAsync("/export/errors.json?critical=true");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(ErrorNames.Json, Assert.Single(json.RootElement.EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("/export/accounts.csv")]
    [InlineData("/export/errors.json")]
    public async Task AnyExport_RedisUnavailable_Returns503WithReason(string path)
    {
        _cluster.Outage = "no connection";
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("no connection", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));
}
