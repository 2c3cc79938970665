namespace Aspire.Hosting.Testing;

/// <summary>Stands in for Aspire's interface of the same name: an AppHost's application, before it is built by a test.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The application.</returns>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
