using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name, so that code which uses containers compiles.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>Would add a Redis in a container. There are no containers without Aspire's packages, so it always throws.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port that clients would use.</param>
    /// <param name="password">The password it would ask for.</param>
    /// <returns>Never.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null) =>
        throw new NotSupportedException("containers need Aspire's packages, which NuGet did not have for this clone");
}
