using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Tests.Admin.Services;

public sealed class TextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\r")]
    [InlineData("\u202Egnp.exe", "\\u202Egnp.exe")]
    [InlineData("nul\0", "nul\\u0000")]
    [InlineData("zero\u200Bwidth", "zero\\u200Bwidth")]
    [InlineData("grüße 日本 🎉", "grüße 日本 🎉")]
    public void Text_InvisibleCharacters_AreEscaped(string text, string expected) => Assert.Equal(expected, Printable.Escape(text));

    [Fact]
    public void Cut_WithinSurrogatePair_RemovesThePair() => Assert.Equal("ab…", Format.Truncate("ab🎉cd", 3));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(81L << 20, "81 MiB")]
    [InlineData(-5, "0 B")]
    public void Bytes_AnySize_UsesTheLargestUnit(long bytes, string expected) => Assert.Equal(expected, Format.Bytes(bytes));

    [Theory]
    [InlineData(8, "8s")]
    [InlineData(250, "4m 10s")]
    [InlineData(3_700, "1h 1m")]
    [InlineData(280_000, "3d 5h")]
    [InlineData(-3, "0s")]
    public void Duration_AnyLength_UsesTwoUnits(int seconds, string expected) => Assert.Equal(expected, Format.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.01, "0")]
    [InlineData(0.44, "0.4")]
    [InlineData(12.34, "12.3")]
    [InlineData(1234.5, "1,234")]
    public void Rate_AnySize_IsRounded(double rate, string expected) => Assert.Equal(expected, Format.Rate(rate));

    [Theory]
    [InlineData("acme", "accounts/acme")]
    [InlineData("a b", "accounts/a%20b")]
    [InlineData("grüße", "accounts/gr%C3%BC%C3%9Fe")]
    [InlineData("named", "accounts/named")]
    [InlineData("..", "accounts/named?name=..")]
    [InlineData("a/b", "accounts/named?name=a%2Fb")]
    [InlineData("100%", "accounts/named?name=100%25")]
    [InlineData("?x=1&y#z", "accounts/%3Fx%3D1%26y%23z")]
    public void Account_SpecialCharacters_AreEscaped(string account, string expected) => Assert.Equal(expected, Links.Account(account));

    [Fact]
    public void Errors_Filter_IsInTheQuery() => Assert.Equal(
        "errors?type=error%3A%3Ajson&critical=true&account=a%26b",
        Links.Errors(new ErrorFilter(ErrorNames.Json, true, "a&b")));
}
