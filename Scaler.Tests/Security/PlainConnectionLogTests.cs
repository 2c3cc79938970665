using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Testing;

namespace Scaler.Tests.Security;

/// <summary>Tests the warning about clients that connect without TLS.</summary>
public sealed class PlainConnectionLogTests
{
    [Theory]
    [InlineData("http", "203.0.113.1", true)]
    [InlineData("ws", "2001:db8::1", true)]
    [InlineData("http", "::ffff:203.0.113.1", true)]
    [InlineData("https", "203.0.113.1", false)]
    [InlineData("wss", "203.0.113.1", false)]
    [InlineData("http", "127.0.0.1", false)]
    [InlineData("http", "127.1.2.3", false)]
    [InlineData("http", "::1", false)]
    [InlineData("http", "::ffff:127.0.0.1", false)]
    [InlineData("http", null, false)]
    public void Check_SchemeAndAddress_WarnsOnce(string scheme, string? address, bool warns)
    {
        var logger = new FakeLogger();
        var log = new PlainConnectionLog(logger, new HostingEnvironment { EnvironmentName = Environments.Production });
        for (var i = 0; i < 3; i++)
        {
            log.Check(Request(scheme, address));
        }

        Assert.Equal(warns ? 1 : 0, logger.Collector.Count);
        log.Check(Request("http", "203.0.113.2"));
        Assert.Equal(1, logger.Collector.Count);
    }

    [Fact]
    public void Check_InDevelopment_LogsNothing()
    {
        var logger = new FakeLogger();
        new PlainConnectionLog(logger, new HostingEnvironment { EnvironmentName = Environments.Development }).Check(
            Request("http", "203.0.113.1"));
        Assert.Equal(0, logger.Collector.Count);
    }

    private static DefaultHttpContext Request(string scheme, string? address)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        return context;
    }
}
