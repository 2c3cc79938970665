namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: how the application runs.</summary>
/// <param name="operation">What is done with it.</param>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>What is done with it.</summary>
    public DistributedApplicationOperation Operation => operation;

    /// <summary>Whether it is run; always true here.</summary>
    public bool IsRunMode => operation == DistributedApplicationOperation.Run;

    /// <summary>Whether a manifest is made of it; always false here.</summary>
    public bool IsPublishMode => operation == DistributedApplicationOperation.Publish;
}
