namespace Scaler.Tests;

public sealed class ScalerOptionsTests
{
    public static TheoryData<Action<ScalerOptions>, string> Wrong => new()
    {
        { o => o.Path = "stream", "Scaler:Path is 'stream'; it must be a path that begins with '/'." },
        { o => o.Prefix = "a{b}", "Scaler:Prefix is 'a{b}'; it must be 1 to 64 letters" },
        { o => o.MaxAccountLength = 0, "Scaler:MaxAccountLength is '0'; it must be between 1 and 1024." },
        { o => o.MaxConnectionsPerAccount = -1, "Scaler:MaxConnectionsPerAccount is '-1'" },
        { o => o.MaxErrorMessageLength = -1, "Scaler:MaxErrorMessageLength is '-1'" },
        { o => o.Cluster.ServerId = "a.b", "Scaler:Cluster:ServerId is 'a.b'" },
        { o => o.Cluster.AdvertisedUrl = "ftp://x", "Scaler:Cluster:AdvertisedUrl is 'ftp://x'; it must be an absolute http or https URL." },
        { o => o.Cluster.Secret = "short", "Scaler:Cluster:Secret is '(hidden)'; it must be 16 characters or more." },
        { o => o.Cluster.LeaseDuration = TimeSpan.FromHours(1), "Scaler:Cluster:LeaseDuration is '01:00:00'" },
        { o => o.Cluster.LeaseRenewal = TimeSpan.FromSeconds(4), "less than half of Cluster:LeaseDuration (00:00:05)" },
        { o => o.Cluster.RegistrationTimeout = TimeSpan.FromMinutes(1), "Scaler:Cluster:RegistrationTimeout is '00:01:00'" },
        { o => o.Cluster.SendTimeout = TimeSpan.Zero, "Scaler:Cluster:SendTimeout" },
        { o => o.Cluster.ReceiptTimeout = TimeSpan.Zero, "Scaler:Cluster:ReceiptTimeout" },
        { o => o.Cluster.ForwardConnectTimeout = TimeSpan.Zero, "Scaler:Cluster:ForwardConnectTimeout" },
        { o => o.Cluster.DrainBudget = TimeSpan.FromHours(1), "Scaler:Cluster:DrainBudget" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Validate_WhatCannotWork_SaysWhichKeyAndWhatWouldBeRight(Action<ScalerOptions> change, string message)
    {
        var options = new ScalerOptions();
        change(options);

        var result = new ScalerOptionsValidator().Validate(null, options);

        Assert.Contains(message, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TheDefaults_AreRight() => Assert.True(new ScalerOptionsValidator().Validate(null, new ScalerOptions()).Succeeded);
}
