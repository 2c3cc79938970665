using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Services.Accounts;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class AccountWindowTests
{
    private readonly FakeCluster _cluster = new(new FakeTimeProvider());

    [Fact]
    public async Task ReadAsync_OneMillion_ReachesBothEndsAndTheMiddle()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var window = await OpenAsync();
        Assert.Equal((1_000_000, AccountWindow.MaxRows), (window.Total, window.Rows));
        Assert.Equal("!0000000", (await window.ReadAsync(0, 50, default))[0].Name);
        Assert.Equal("!0500000", (await window.ReadAsync(200_000, 50, default))[0].Name);
        Assert.Equal("!0999999", (await window.ReadAsync(AccountWindow.MaxRows - 50, 50, default))[^1].Name);
        Assert.Equal("!0999949", (await window.ReadAsync(AccountWindow.MaxRows - 51, 50, default))[0].Name);
    }

    [Fact]
    public async Task ReadAsync_RowByRow_SkipsNoAccount()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var window = await OpenAsync();
        var first = await window.ReadAsync(100_000, 50, default);
        Assert.Equal(Number(first[0]) - 500, Number((await window.ReadAsync(99_500, 50, default))[0]));
        Assert.Equal(Number(first[0]), Number((await window.ReadAsync(100_000, 50, default))[0]));
        for (var row = 100_020; row < 101_000; row += 20)
        {
            var next = await window.ReadAsync(row, 50, default);
            Assert.Equal(Number(first[0]) + row - 100_000, Number(next[0]));
        }

        Assert.Equal(Number(first[0]), Number((await window.ReadAsync(100_970, 50, default))[0]) - 970);
    }

    [Fact]
    public async Task ReadAsync_AccountsAddedAndRemoved_StartsWithTheSameAccount()
    {
        Connect("b", 200);
        var window = await OpenAsync();
        var before = await window.ReadAsync(100, 50, default);
        Connect("a", 30);
        Assert.Equal(Names(before), Names(await window.ReadAsync(100, 50, default)));
        Assert.Equal(230, window.Rows);
        for (var i = 0; i < 30; i++)
        {
            _cluster.Accounts.TryRemove($"a{i:000}", out _);
        }

        Assert.Equal(Names(before), Names(await window.ReadAsync(100, 50, default)));
        Assert.Equal(before[20].Name, (await window.ReadAsync(120, 50, default))[0].Name);
        Assert.Equal("b199", (await window.ReadAsync(150, 50, default))[^1].Name);
    }

    [Fact]
    public async Task ReadAsync_FirstVisibleAccountRemoved_ContinuesWithTheNext()
    {
        Connect("b", 200);
        var window = await OpenAsync();
        await window.ReadAsync(100, 50, default);
        _cluster.Accounts.TryRemove("b117", out _);
        Assert.Equal("b118", (await window.ReadAsync(100, 50, default))[AccountWindow.FirstVisibleIndex].Name);
    }

    [Fact]
    public async Task ReadAsync_MostAccountsRemoved_ShowsTheEnd()
    {
        Connect("b", 200);
        var window = await OpenAsync();
        await window.ReadAsync(140, 50, default);
        for (var i = 100; i < 200; i++)
        {
            _cluster.Accounts.TryRemove($"b{i}", out _);
        }

        Assert.Equal("b099", (await window.ReadAsync(140, 50, default))[^1].Name);
        Assert.Equal(100, window.Rows);
    }

    [Fact]
    public async Task OpenAsync_AtAccount_StartsThere()
    {
        Connect("b", 200);
        var window = await OpenAsync("b120");
        Assert.Equal((120, "b120"), (window.FirstRow, (await window.ReadAsync(103, 50, default))[AccountWindow.FirstVisibleIndex].Name));
        Assert.Equal("b120", window.FirstVisibleAccount);
    }

    [Fact]
    public async Task OpenAsync_AtAccountOfOneMillion_StartsThere()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var window = await OpenAsync("!0654321");
        Assert.Empty(await window.ReadAsync(0, 50, default));
        Assert.Equal("!0654321", (await window.ReadAsync(window.FirstRow - AccountWindow.FirstVisibleIndex, 50, default))[AccountWindow.FirstVisibleIndex].Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(42)]
    [InlineData(60)]
    [InlineData(110)]
    [InlineData(1_500)]
    [InlineData(998_500)]
    [InlineData(999_940)]
    [InlineData(999_975)]
    [InlineData(999_999)]
    public async Task OpenAsync_NearAnEndOfOneMillion_ShowsTheAccountAndTheEnd(int number)
    {
        const int RenderedRows = 46;
        _cluster.GeneratedAccountCount = 1_000_000;
        var window = await OpenAsync($"!{number:0000000}");

        // Read in the order of a table: its top first, then the rows around the scroll position, then the rows scrolled to.
        var top = await window.ReadAsync(0, RenderedRows, default);
        Assert.Equal(window.FirstRow < RenderedRows ? ["!0000000"] : [], Names(top).Take(1));
        var row = Math.Max(0, window.FirstRow - AccountWindow.FirstVisibleIndex);
        var around = await window.ReadAsync(row, Math.Min(RenderedRows, window.Rows - row), default);
        Assert.Equal(number, Number(around[window.FirstRow - row]));
        Assert.Equal("!0000000", (await window.ReadAsync(0, RenderedRows, default))[0].Name);
        Assert.Equal("!0999999", (await window.ReadAsync(window.Rows - RenderedRows, RenderedRows, default))[^1].Name);
    }

    [Fact]
    public async Task ReadAsync_NearAnEndOfOneMillion_MapsRowsOneToOne()
    {
        _cluster.GeneratedAccountCount = 1_000_000;
        var window = await OpenAsync("!0500000");
        Assert.Equal("!0000030", (await window.ReadAsync(30, 46, default))[0].Name);
        Assert.Equal("!0500000", (await window.ReadAsync(200_000, 46, default))[0].Name);
        Assert.Equal("!0999900", (await window.ReadAsync(window.Rows - 100, 46, default))[0].Name);
    }

    [Fact]
    public async Task ReadAsync_FirstReadAfterOpen_UsesTheRowsAlreadyRead()
    {
        Connect("b", 3);
        var window = await OpenAsync();
        _cluster.Outage = "It was not possible to connect";
        Assert.Equal(["b000", "b001", "b002"], Names(await window.ReadAsync(0, 50, default)));
        await Assert.ThrowsAnyAsync<Exception>(() => window.ReadAsync(0, 50, default));
        Assert.Equal(["b001", "b002"], Names(window.GetCached(1, 50)));
    }

    [Fact]
    public async Task ReadAsync_MoreRowsKnownThanRequested_ReturnsRequestedCount()
    {
        Connect("b", 200);
        var window = await OpenAsync();
        Assert.Equal(34, (await window.ReadAsync(0, 34, default)).Count);
        Assert.Equal(["b005", "b006"], Names(window.GetCached(5, 2)));
    }

    private Task<AccountWindow> OpenAsync(string? at = null) => new AccountWindow(_cluster, "").OpenAsync(at, default);

    private void Connect(string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _cluster.Connect($"{name}{i:000}", "a");
        }
    }

    private static int Number(AccountInfo account) => int.Parse(account.Name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Names(IEnumerable<AccountInfo> accounts) => accounts.Select(account => account.Name);
}
