using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's interface of the same name. Events, pipelines and user secrets are not offered.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The configuration: appsettings, environment, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost's project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The environment of the AppHost.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The services of the AppHost.</summary>
    IServiceCollection Services { get; }

    /// <summary>How the application runs.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources so far.</summary>
    IReadOnlyList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>Its builder.</returns>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>A builder for a resource.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>The builder.</returns>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;

    /// <summary>Builds the application.</summary>
    /// <returns>The application.</returns>
    DistributedApplication Build();
}
