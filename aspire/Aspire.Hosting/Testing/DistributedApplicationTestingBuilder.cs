using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Stands in for Aspire's class of the same name: runs an AppHost in a test. Ports are free ones and there is no
/// dashboard unless the test asks for it; the AppHost's launch profile is not read.
/// </summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the entry point of an AppHost up to where it builds the application.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost, as <c>Projects.Its_Name</c>.</typeparam>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The application, to be built.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to where it builds the application.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost, as <c>Projects.Its_Name</c>.</typeparam>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The application, to be built.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    /// <summary>Runs the entry point of an AppHost up to where it builds the application.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost, as <c>Projects.Its_Name</c>.</typeparam>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes how it is built.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The application, to be built.</returns>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        var session = new EntryPointSession(typeof(TEntryPoint).Assembly, args, configureBuilder);
        try
        {
            return new TestingBuilder(await session.StartAsync().WaitAsync(cancellationToken), session);
        }
        catch
        {
            session.Over();
            throw;
        }
    }
}
