using Scaler.Admin.Export;

namespace Scaler.Tests.Admin.Services;

public sealed class CsvTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("acme", "acme")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    public void Cell_PlainText_IsQuotedOnlyIfNeeded(string? value, string expected) => Assert.Equal(expected, Csv.FormatCell(value));

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil\")")]
    [InlineData("+1+1")]
    [InlineData("-2+3")]
    [InlineData("@SUM(A1)")]
    [InlineData("  =1+1")]
    [InlineData("\t=1")]
    [InlineData("\uFF1D1+1")]
    public void Cell_Formula_IsEscaped(string value) => Assert.StartsWith("\"'", Csv.FormatCell(value), StringComparison.Ordinal);

    [Fact]
    public void Line_Cells_AreJoinedWithCommasAndCrLf() => Assert.Equal("a,,\"b,c\"\r\n", Csv.FormatLine("a", null, "b,c"));
}
