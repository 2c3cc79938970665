namespace Scaler.Tests.Aspire;

/// <summary>Runs the tests that start an AppHost one after another, because each starts half a dozen processes.</summary>
[CollectionDefinition(Name)]
public sealed class AppHostCollection : ICollectionFixture<AppHostFixture>
{
    public const string Name = "AppHost";
}
