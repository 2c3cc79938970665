namespace Scaler.Tests.Helpers;

/// <summary>Where the sources are, for what tests run that is not built into their output.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution. Looked for upwards from the output: in CI the compiler writes no real path of a source.</summary>
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

        throw new InvalidOperationException($"Scaler.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
