namespace Scaler.AppHost;

/// <summary>Prints the URLs that a person opens, each once its resource is ready.</summary>
internal static class Announcements
{
    /// <summary>Prints the URL of the resource's HTTP endpoint when the resource becomes ready.</summary>
    /// <param name="project">The resource.</param>
    /// <param name="title">The name to print.</param>
    /// <param name="path">The path to append to the endpoint's URL.</param>
    /// <param name="suffix">A parameter whose value follows the path, or <see langword="null"/>.</param>
    /// <returns>The same resource builder, for chaining.</returns>
    public static IResourceBuilder<ProjectResource> Announce(
        this IResourceBuilder<ProjectResource> project, string title, string path, ParameterResource? suffix = null)
    {
        var announced = 0;
        return project.OnResourceReady(async (resource, _, cancellationToken) =>
        {
            // Each replica raises the event.
            if (Interlocked.Exchange(ref announced, 1) == 1) return;
            var url = await project.GetEndpoint("http").GetValueAsync(cancellationToken);
            var value = suffix is null ? "" : await suffix.GetValueAsync(cancellationToken);
            Console.WriteLine($"{title} is ready: {url}{path}{value}");
        });
    }
}
