using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Scaler.Stream.Security;

/// <summary>
/// Configures the trusted proxies from the addresses and networks in <c>Scaler:Proxies</c>. Only the <c>X-Forwarded-For</c>,
/// <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c> headers of these proxies are used, and of the latter only the hosts in
/// <c>AllowedHosts</c>, if there are any. By default no proxy is trusted, because a client that can choose its address can bypass
/// the handshake limit per address.
/// </summary>
internal static class KnownProxiesExtensions
{
    public const string Section = ScalerOptions.Section + ":Proxies";

    public static void AddKnownProxies(this IServiceCollection services) => services.AddOptions<ForwardedHeadersOptions>()
        .Configure<IConfiguration>(static (options, configuration) =>
        {
            Configure(options, Read(configuration));
            options.AllowedHosts = configuration["AllowedHosts"]?.Split(
                ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        });

    /// <summary>Adds the forwarded headers middleware if proxies are configured.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        if (Read(app.Configuration).Count > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Reads the proxies from the configuration.</summary>
    /// <exception cref="OptionsValidationException">An entry is neither an address nor a network.</exception>
    public static IReadOnlyList<IPNetwork> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(static entry => Parse(entry))];

    public static void Configure(ForwardedHeadersOptions options, IReadOnlyList<IPNetwork> proxies)
    {
        options.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;

        // Follow any number of known proxies. The first unknown address is the client.
        options.ForwardLimit = null;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }
    }

    private static IPNetwork Parse(IConfigurationSection entry)
    {
        if (IPNetwork.TryParse(entry.Value, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(entry.Value, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new OptionsValidationException(
                Section, typeof(ForwardedHeadersOptions),
                [$"{entry.Path} is '{entry.Value}'; it must be the address of a proxy, such as '10.0.0.1', "
                    + "or a network, such as '10.0.0.0/24'."]);
    }
}
