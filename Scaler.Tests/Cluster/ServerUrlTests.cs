namespace Scaler.Tests.Cluster;

public sealed class ServerUrlTests
{
    [Theory]
    [InlineData("http://10.0.0.12:8080")]
    [InlineData("http://10.0.0.12:8080/")]
    [InlineData("https://stream-1.example.org")]
    [InlineData("HTTP://[fd00::1]:8080")]
    public void IsValid_HostAndPort_ReturnsTrue(string url) => Assert.True(ServerUrl.IsValid(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.12:8080")]
    [InlineData("ftp://host")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http:///host")]
    [InlineData("http://host/path")]
    [InlineData("http://host/path?x=")]
    [InlineData("http://host?x=")]
    [InlineData("http://host/?")]
    [InlineData("http://host#x")]
    [InlineData("http://host/.")]
    [InlineData("http://host//")]
    [InlineData("http://user:password@host")]
    [InlineData("http://@host")]
    [InlineData("http://host\\path")]
    [InlineData("http:\\\\host")]
    [InlineData(" http://host")]
    [InlineData("http://host ")]
    public void IsValid_AnythingElse_ReturnsFalse(string? url) => Assert.False(ServerUrl.IsValid(url));
}
