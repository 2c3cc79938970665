using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: values given from outside. Nobody is asked for a missing one.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter, read from <c>Parameters:name</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="secret">Whether its value is hidden.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => Configured(builder, name) ?? throw Missing($"Parameters:{name}"), secret));

    /// <summary>Adds a parameter, read from <c>Parameters:name</c>, with a default value.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">Makes the value where none is configured.</param>
    /// <param name="secret">Whether its value is hidden.</param>
    /// <param name="persist">Whether to keep a made value in the user's secrets; not offered here.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        if (persist) throw new NotSupportedException("Generated values are not kept here.");
        var parameter = new ParameterResource(name, d => Configured(builder, name) ?? d!.GetDefaultValue(), secret) { Default = value };
        return builder.AddResource(parameter);
    }

    /// <summary>Adds a connection string, read from <c>ConnectionStrings:name</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the connection string.</param>
    /// <param name="environmentVariableName">The variable that carries it; <c>ConnectionStrings__name</c> by default.</param>
    /// <returns>The connection string.</returns>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        if (environmentVariableName is not null) throw new NotSupportedException("Another variable's name is not offered here.");
        var value = new ParameterResource(
            name, _ => builder.Configuration.GetConnectionString(name) ?? throw Missing($"ConnectionStrings:{name}"), secret: true);
        return builder.AddResource(new ConnectionStringResource(name, ReferenceExpression.Create($"{value}")));
    }

    private static string? Configured(IDistributedApplicationBuilder builder, string name) => builder.Configuration[$"Parameters:{name}"];

    private static DistributedApplicationException Missing(string key) => new($"The configuration has no value for '{key}'.");
}
