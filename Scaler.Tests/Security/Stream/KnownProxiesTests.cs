using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scaler.Stream.Security;

namespace Scaler.Tests.Security.Stream;

/// <summary>Tests which senders of <c>X-Forwarded-For</c> are trusted.</summary>
public sealed class KnownProxiesTests
{
    [Theory]
    // No known proxies: the header of a client is ignored.
    [InlineData("", "203.0.113.9", "198.51.100.1", "203.0.113.9")]
    // Set by a known proxy, for its client.
    [InlineData("10.0.0.0/8", "10.1.2.3", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "10.1.2.3", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8::/64", "2001:db8::1", "203.0.113.9", "203.0.113.9")]
    // Set by the client, then extended by the proxy with the client's real address.
    [InlineData("10.0.0.0/8", "10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    // Two proxies in a chain.
    [InlineData("10.0.0.0/8", "10.1.2.3", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9")]
    // Set by a sender that is not a known proxy.
    [InlineData("10.1.2.3", "10.1.2.4", "198.51.100.1", "10.1.2.4")]
    public async Task XForwardedFor_AnySender_IsTrustedFromAKnownProxyOnly(
        string known, string from, string forwardedFor, string client)
    {
        var options = new ForwardedHeadersOptions();
        KnownProxiesExtensions.Configure(options, KnownProxiesExtensions.Read(Configuration(known)));
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Headers["X-Forwarded-For"] = forwardedFor;

        // Without known proxies, the application does not use the middleware.
        if (known.Length > 0)
        {
            await new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options)).Invoke(context);
        }

        Assert.Equal(IPAddress.Parse(client), context.Connection.RemoteIpAddress);
    }

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.0/33")]
    public void Read_InvalidAddress_ReportsTheExpectedFormat(string entry) => Assert.Contains(
        $"Scaler:Proxies:0 is '{entry}'; it must be the address of a proxy",
        Assert.Throws<OptionsValidationException>(() => KnownProxiesExtensions.Read(Configuration(entry))).Message, StringComparison.Ordinal);

    private static IConfiguration Configuration(string known) => new ConfigurationBuilder()
        .AddInMemoryCollection(known.Length == 0 ? [] : new Dictionary<string, string?> { ["Scaler:Proxies:0"] = known }).Build();
}
