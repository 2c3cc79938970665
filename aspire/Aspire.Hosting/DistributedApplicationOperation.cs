namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's enumeration of the same name; applications are only run here.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>It is run.</summary>
    Run,

    /// <summary>A manifest is made of it; not here.</summary>
    Publish,
}
