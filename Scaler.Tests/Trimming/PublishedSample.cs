using System.Runtime.InteropServices;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Trimming;

/// <summary>
/// Packs the libraries into a local feed, and publishes a copy of the sample application that uses the packages. The copy is
/// outside the repository, so that it inherits no settings, and restores as an application of a user does.
/// </summary>
public sealed class PublishedSample : IDisposable
{
    // Not a released version, so that no cached package is taken for a packed one.
    private const string Version = "0.0.0-trimming";

    private const string FeedConfiguration = """
        <configuration>
          <packageSources>
            <add key="packed" value="feed" />
          </packageSources>
        </configuration>
        """;

    // Compiling ahead of time takes about a minute on two idle cores.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scaler-trimming-");
    private readonly Dictionary<string, Task<string>> _published = [];
    private Task? _packed;

    /// <summary>Publishes the sample once for each property.</summary>
    /// <param name="property">The property that selects how to publish: <c>PublishTrimmed</c> or <c>PublishAot</c>.</param>
    /// <returns>The console output of the publish command.</returns>
    public Task<string> PublishAsync(string property)
    {
        if (!_published.TryGetValue(property, out var output))
        {
            _published[property] = output = PublishAsyncCore(property);
        }

        return output;
    }

    /// <summary>Gets the path of the published program.</summary>
    public string GetProgram(string property) => Path.Combine(_folder.FullName, property, "publish", "Trimmed");

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> PublishAsyncCore(string property)
    {
        await (_packed ??= PackAsync());
        var copy = _folder.CreateSubdirectory(property);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples/Trimmed")))
        {
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        }

        return await RunAsync(
            copy.FullName, "publish", "--output", "publish", "--runtime", RuntimeInformation.RuntimeIdentifier,
            $"-p:{property}=true", "-p:TrimmerSingleWarn=false", $"-p:ScalerVersion={Version}",
            $"-p:RestorePackagesPath={Path.Combine(_folder.FullName, "packages")}",
            $"-p:RestoreFallbackFolders={PackageCache}", "-p:UseSharedCompilation=false");
    }

    private static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private async Task PackAsync()
    {
        var feed = _folder.CreateSubdirectory("feed").FullName;
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), FeedConfiguration);

        // The build that contains these tests has also built the libraries.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        foreach (var library in (string[])["Scaler.EngineIO", "Scaler.DirectSockets", "Scaler"])
        {
            await RunAsync(
                Repository.Root, "pack", library, "--no-build", "--configuration", configuration, "--output", feed,
                $"-p:Version={Version}");
        }
    }

    // One node, because an idle one that outlives the command would keep its output open.
    private static Task<string> RunAsync(string folder, params string[] arguments) =>
        ProgramRunner.RunInAsync(folder, Patience, "dotnet", [.. arguments, "-m:1", "-nodeReuse:false"]);
}
