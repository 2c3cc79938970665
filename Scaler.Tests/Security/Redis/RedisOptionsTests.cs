using System.Net;

namespace Scaler.Tests.Security.Redis;

public sealed class RedisOptionsTests
{
    [Theory]
    [InlineData("host:6379,password=p,ssl=true", "host:6379,password=p,ssl=true")]
    [InlineData("redis://host", "host:6379")]
    [InlineData("redis://host:7000/3", "host:7000,defaultDatabase=3")]
    [InlineData("rediss://host:6380", "host:6380,ssl=true")]
    [InlineData("rediss://:p%40ss@host:6380", "host:6380,password=p@ss,ssl=true")]
    [InlineData("rediss://secret@host", "host:6379,password=secret,ssl=true")]
    [InlineData("rediss://ann:p%3Aw@host/1?connectTimeout=500&abortConnect=false", "host:6379,user=ann,password=p:w,defaultDatabase=1,ssl=true,connectTimeout=500,abortConnect=false")]
    [InlineData("REDISS://[::1]:6380", "[::1]:6380,ssl=true")]
    public void ToConnectionString_UrlOrConnectionString_ReturnsTheFormatOfTheClient(string connection, string expected) =>
        Assert.Equal(expected, ScalerRedisOptions.ToConnectionString(connection));

    [Fact]
    public void Parse_Url_SetsCredentialsAndTls()
    {
        var options = new ScalerRedisOptions().Parse("rediss://ann:secret@redis.example:6380/2");

        Assert.Equal(
            (true, "ann", "secret", 2, "redis.example", 6380),
            (options.Ssl, options.User, options.Password, options.DefaultDatabase,
                Assert.IsType<DnsEndPoint>(Assert.Single(options.EndPoints)).Host, ((DnsEndPoint)options.EndPoints[0]).Port));
    }

    [Theory]
    [InlineData("rediss://")]
    [InlineData("rediss://:pass word@:x")]
    [InlineData("rediss://u:a%2Cb@host")]
    [InlineData("host,secret=hidden")]
    public void Parse_Invalid_ThrowsWithoutRevealingItsContent(string connection)
    {
        var exception = Assert.Throws<FormatException>(() => new ScalerRedisOptions().Parse(connection));
        Assert.DoesNotContain("pass word", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FileMissing_NamesTheSettingAndPath() => Assert.Equal(
        [
            "Scaler:Redis:CaCertificate is 'nowhere.pem'; it must be the path of a PEM file that can be read, with a certificate in it.",
            "Scaler:Redis:ClientKey is 'nowhere.key'; it must be the path of a PEM file that can be read, with the key of Redis:ClientCertificate.",
        ],
        Failures(new ScalerRedisOptions { CaCertificate = "nowhere.pem", ClientKey = "nowhere.key" }));

    [Fact]
    public void Validate_FileWithOtherContent_NamesTheSetting()
    {
        using var certificates = new Certificates();
        var ((one, oneKey), (_, otherKey)) = (certificates.Sign("one"), certificates.Sign("other"));
        Assert.Empty(Failures(new ScalerRedisOptions { CaCertificate = certificates.Authority, ClientCertificate = one, ClientKey = oneKey }));
        Assert.StartsWith("Scaler:Redis:CaCertificate is", Assert.Single(Failures(new ScalerRedisOptions { CaCertificate = oneKey })), StringComparison.Ordinal);
        Assert.StartsWith("Scaler:Redis:ClientCertificate is", Assert.Single(Failures(new ScalerRedisOptions { ClientCertificate = oneKey, ClientKey = oneKey })), StringComparison.Ordinal);
        Assert.StartsWith("Scaler:Redis:ClientKey is", Assert.Single(Failures(new ScalerRedisOptions { ClientCertificate = one, ClientKey = otherKey })), StringComparison.Ordinal);
        Assert.StartsWith("Scaler:Redis:ClientKey is ''", Assert.Single(Failures(new ScalerRedisOptions { ClientCertificate = one })), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Failures(ScalerRedisOptions redis) => new ScalerOptionsValidator().Validate(null, new ScalerOptions { Redis = redis }).Failures ?? [];
}
