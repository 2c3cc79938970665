using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Reads the address of the pod from <c>POD_IP</c>, which Kubernetes sets through the downward API. A configured
/// <see cref="ScalerClusterOptions.AdvertisedUrl"/> makes the variable irrelevant.
/// </summary>
internal sealed class PodAddress(IConfiguration configuration) : IValidateOptions<ScalerOptions>
{
    private const string Key = "POD_IP";

    /// <summary>Reads the address.</summary>
    /// <returns>The address, or <see langword="null"/> if the variable is not set.</returns>
    /// <exception cref="OptionsValidationException">The value is not an address that other servers can use.</exception>
    public static IPAddress? Read(IConfiguration configuration) =>
        configuration[Key] is not { Length: > 0 } value ? null
        : TryParse(value, out var address) ? address
        : throw new OptionsValidationException(ScalerOptions.Section, typeof(ScalerOptions), [Describe(value)]);

    public ValidateOptionsResult Validate(string? name, ScalerOptions options) =>
        options.Cluster.AdvertisedUrl is null && configuration[Key] is { Length: > 0 } value && !TryParse(value, out _)
            ? ValidateOptionsResult.Fail(Describe(value))
            : ValidateOptionsResult.Success;

    /// <summary>
    /// Parses an address. <see cref="IPAddress.TryParse(string, out IPAddress)"/> also accepts short forms such as <c>1</c>,
    /// ports and zones.
    /// </summary>
    private static bool TryParse(string value, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(value, out address)
        && (address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == value
            : value.AsSpan().IndexOfAny("[]%") < 0)
        && !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any);

    private static string Describe(string value) =>
        $"{Key} is '{value}'; it must be the IP address of the pod, such as '10.0.0.11' or 'fd00::11'.";
}
