using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: connection strings made of parts.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>Adds a connection string of parts that are known once the application runs.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the connection string.</param>
    /// <param name="connectionStringExpression">The connection string.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
}
