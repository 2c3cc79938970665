using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: projects as resources.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a project with the first launch profile of its <c>launchSettings.json</c>, if it has any: its
    /// <c>applicationUrl</c> becomes endpoints, its variables the environment.
    /// </summary>
    /// <typeparam name="TProject">The project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var metadata = new TProject();
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        if (LaunchProfile.First(metadata.ProjectPath) is not { } profile) return project;

        foreach (var url in profile.Urls)
        {
            project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, name: url.Scheme, port: url.Port));
        }

        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
            foreach (var (key, value) in profile.EnvironmentVariables) context.EnvironmentVariables.TryAdd(key, value);
        });
    }

    /// <summary>Runs a project as several processes behind one proxy.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">How many.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas));

    /// <summary>Doesn't tell the project to believe <c>X-Forwarded-For</c>, which it otherwise is.</summary>
    /// <param name="builder">The project.</param>
    /// <returns>The project.</returns>
    public static IResourceBuilder<ProjectResource> DisableForwardedHeaders(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithAnnotation(new ForwardedHeadersDisabledAnnotation());
}
