namespace Scaler.Tests.Trimming;

/// <summary>The collection of tests that publish an application. They use all cores, so they run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrimmingCollection : ICollectionFixture<PublishedSample>
{
    public const string Name = "Trimming";
}
