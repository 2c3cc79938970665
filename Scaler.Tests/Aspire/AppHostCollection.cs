namespace Scaler.Tests.Aspire;

/// <summary>Tests that start an AppHost run one after another: each has half a dozen processes.</summary>
[CollectionDefinition(Name)]
public sealed class AppHostCollection : ICollectionFixture<AppHostFixture>
{
    public const string Name = "AppHost";
}
