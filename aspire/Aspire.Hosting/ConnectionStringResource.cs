using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: a connection string of parts known once the application runs.</summary>
/// <param name="name">The name, unique in the application.</param>
/// <param name="connectionStringExpression">The connection string.</param>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => connectionStringExpression;
}
