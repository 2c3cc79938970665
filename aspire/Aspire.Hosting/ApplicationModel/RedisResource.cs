namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name, a Redis in a container. None is ever made here.</summary>
public class RedisResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    private RedisResource(string name) : base(name)
    {
    }

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression =>
        throw new NotSupportedException("There are no containers without Aspire's packages.");
}
