using Scaler.Tests.Helpers;

namespace Scaler.Tests.Architecture;

/// <summary>Enumerates the source files of the repository.</summary>
internal static class SourceTree
{
    private static readonly string[] SkippedFolders = ["bin", "obj", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>Gets the files with one of the extensions, as paths relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Find(params string[] extensions) =>
        Enumerate(new DirectoryInfo(Repository.Root))
            .Where(file => extensions.Contains(file.Extension, StringComparer.Ordinal))
            .Select(static file => Path.GetRelativePath(Repository.Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static IEnumerable<FileInfo> Enumerate(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories()
            .Where(static child => child.Name[0] != '.' && !SkippedFolders.Contains(child.Name, StringComparer.Ordinal))
            .SelectMany(Enumerate));
}
