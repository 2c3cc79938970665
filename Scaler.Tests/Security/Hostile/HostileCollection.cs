namespace Scaler.Tests.Security.Hostile;

/// <summary>These tests look at the memory of the whole process, and load it: they run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostileCollection
{
    public const string Name = "Hostile";
}
