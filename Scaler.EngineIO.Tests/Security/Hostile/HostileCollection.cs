namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>The collection of tests that load the process and measure its memory. They run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostileCollection
{
    public const string Name = "Hostile";
}
