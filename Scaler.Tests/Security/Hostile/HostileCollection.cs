namespace Scaler.Tests.Security.Hostile;

/// <summary>The collection of tests that load the whole process and measure its memory. They run without parallel tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostileCollection
{
    public const string Name = "Hostile";
}
