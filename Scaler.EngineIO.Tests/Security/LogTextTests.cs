using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>Tests the escaping of text that clients control, before it reaches a log.</summary>
public sealed class LogTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("grüße 日本 🎉", "grüße 日本 🎉")]
    [InlineData("a\r\nb\tc", "a\\r\\nb\\tc")]
    [InlineData("\u001B[2J\u0007\0", "\\u001B[2J\\u0007\\u0000")]
    [InlineData("\u007F\u0085\u009B31m", "\\u007F\\u0085\\u009B31m")]
    [InlineData("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [InlineData("\u202Egnp.exe\u2066\u200F\u061C", "\\u202Egnp.exe\\u2066\\u200F\\u061C")]
    [InlineData("\uFEFFzero\u200Bwidth\u00AD", "\\uFEFFzero\\u200Bwidth\\u00AD")]
    [InlineData("tag \U000E0041", "tag \\uDB40\\uDC41")]
    public void Escape_InvisibleCharacters_AreVisible(string? text, string expected)
    {
        Assert.Equal(expected, LogText.Escape(text));
        Assert.Equal(expected, LogText.Escape(expected));
    }

    [Fact]
    public void Escape_LoneSurrogates_AreVisible()
    {
        Assert.Equal("a\\uD83Cb\\uDF89", LogText.Escape("a" + (char)0xD83C + "b" + (char)0xDF89));
        Assert.Equal("\\uD83C", LogText.Escape(((char)0xD83C).ToString()));
    }

    [Theory]
    [InlineData("abcd", 4, "abcd")]
    [InlineData("abcde", 4, "abcd…")]
    [InlineData("ab🎉", 3, "ab…")]
    [InlineData("ab🎉", 4, "ab🎉")]
    [InlineData("abc\n", 4, "abc…")]
    [InlineData("abc\n", 5, "abc\\n")]
    [InlineData("\u0001", 5, "…")]
    [InlineData("abc", 0, "")]
    public void Escape_LongResult_IsTruncated(string text, int maxLength, string expected)
    {
        Assert.Equal(expected, LogText.Escape(text, maxLength));
        Assert.Equal(expected, LogText.Escape(LogText.Escape(text, maxLength), maxLength));
    }

    [Fact]
    public void Escape_ExceptionWithPlainMessage_IsTheException()
    {
        var exception = new InvalidOperationException("oh", new IOException("no"));
        Assert.Same(exception, LogText.Escape(exception));
    }

    [Fact]
    public void Escape_ExceptionThatQuotesAClient_KeepsTypeAndStack()
    {
        Action quote = static () =>
            throw new InvalidOperationException("outer", new FormatException("quoted \u001B[31m\ninfo: forged"));
        var thrown = Assert.Throws<InvalidOperationException>(quote);

        var text = LogText.Escape(thrown).ToString();

        Assert.DoesNotContain('\u001B', text);
        Assert.Contains(
            "System.InvalidOperationException: outer ---> System.FormatException: quoted \\u001B[31m\\ninfo: forged", text,
            StringComparison.Ordinal);
        Assert.Contains(nameof(Escape_ExceptionThatQuotesAClient_KeepsTypeAndStack), text, StringComparison.Ordinal);
        Assert.Equal(thrown.StackTrace, LogText.Escape(thrown).StackTrace);
    }

    [Fact]
    public async Task Origin_WithControlSequences_IsLoggedOnOneLine()
    {
        var logs = new FakeLoggerProvider();
        await using var host = await EngineTestHost.StartAsync(
            static options =>
            {
                options.Cors.Enabled = true;
                options.Cors.Origins.Add("https://app.example.org");
            },
            services: services => services.AddSingleton<ILoggerProvider>(logs));
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync(Encoding.UTF8.GetBytes(
            "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nOrigin: https://evil\u009B31m\u2028forged\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 403 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);

        var entries = logs.Collector.GetSnapshot()
            .Where(static entry => entry.Message.Contains("evil", StringComparison.Ordinal)).ToList();
        Assert.Contains("https://evil\\u009B31m\\u2028forged", Assert.Single(entries).Message, StringComparison.Ordinal);
        await neighbours.AssertUnaffectedAsync();
    }
}
