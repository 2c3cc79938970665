using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Scaler.Stream.Security;

/// <summary>
/// The proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses and networks of <c>Scaler:Proxies</c>. Nobody else's is, and by
/// default nobody's: whoever could say where he comes from could have any number of handshakes.
/// </summary>
internal static class KnownProxies
{
    public const string Section = ScalerOptions.Section + ":Proxies";

    public static void AddKnownProxies(this IServiceCollection services) => services.AddOptions<ForwardedHeadersOptions>()
        .Configure<IConfiguration>(static (options, configuration) => Configure(options, Read(configuration)));

    /// <summary>Believes them, where there are any.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        if (Read(app.Configuration).Count > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Reads the proxies.</summary>
    /// <exception cref="OptionsValidationException">One of them is neither an address nor a network.</exception>
    public static IReadOnlyList<IPNetwork> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(static entry => Parse(entry))];

    public static void Configure(ForwardedHeadersOptions options, IReadOnlyList<IPNetwork> proxies)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        // As many as are known, one behind the other; the first unknown one is the client.
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
                [$"{entry.Path} is '{entry.Value}'; it must be the address of a proxy, such as '10.0.0.1', or a network of them, such as '10.0.0.0/24'."]);
    }
}
