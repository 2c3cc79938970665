using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Reachability;

public sealed class PodAddressTests
{
    [Theory]
    [InlineData("10.0.0.11", "10.0.0.11")]
    [InlineData("fd00::11", "fd00::11")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Read_AddressOrNone_ReturnsIt(string? value, string? expected)
    {
        Assert.Equal(expected, PodAddress.Read(Configure(value))?.ToString());
        Assert.True(Validate(value).Succeeded);
    }

    [Theory]
    [InlineData("pod-1")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("10.0.0.11:8080")]
    [InlineData("[fd00::11]")]
    [InlineData("[fd00::11]:8080")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.11 ")]
    [InlineData("10.0.0.11,fd00::11")]
    [InlineData("$(POD_IP)")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Read_NoAddress_IsAConfigurationError(string value)
    {
        var expected = $"POD_IP is '{value}'; it must be the IP address of the pod, such as '10.0.0.11' or 'fd00::11'.";
        Assert.Equal(expected, Assert.Throws<OptionsValidationException>(() => PodAddress.Read(Configure(value))).Message);
        Assert.Equal(expected, Validate(value).FailureMessage);
    }

    [Fact]
    public void Validate_UrlIsConfigured_IgnoresTheVariable() =>
        Assert.True(Validate("pod-1", new ScalerOptions { Cluster = { AdvertisedUrl = "http://stream-1:8080" } }).Succeeded);

    [Fact]
    public async Task Program_InvalidPodIp_ExitsWithOneLine()
    {
        var (exitCode, output) = await StreamProcess.RunToExitAsync("127.0.0.1:1,abortConnect=false", "--POD_IP=pod-1");

        Assert.Equal(
            (1, "POD_IP is 'pod-1'; it must be the IP address of the pod, such as '10.0.0.11' or 'fd00::11'."),
            (exitCode, output.Trim()));
    }

    private static ValidateOptionsResult Validate(string? value, ScalerOptions? options = null) =>
        new PodAddress(Configure(value)).Validate(null, options ?? new ScalerOptions());

    private static IConfiguration Configure(string? value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("POD_IP", value)]).Build();
}
