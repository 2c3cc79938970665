namespace Scaler.Tests.Helpers;

/// <summary>Locates the source tree, for files that tests use but the build does not copy to the output.</summary>
internal static class Repository
{
    /// <summary>
    /// Gets the folder that contains the solution. The search goes upward from the output folder, because deterministic CI
    /// builds do not embed real source paths.
    /// </summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Scaler.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} contains Scaler.sln.");
    }
}
