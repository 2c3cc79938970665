namespace Scaler.EngineIO.Fuzz;

/// <summary>Runs a target on files, so that inputs found by a fuzzer are regression tests that need no fuzzer.</summary>
internal static class Replay
{
    /// <summary>Runs the target on a file, or on each file of a folder, and prints the failures.</summary>
    /// <returns><see langword="true"/> if all files pass and there is at least one; otherwise, <see langword="false"/>.</returns>
    public static bool Run(FuzzTarget target, string path, TextWriter output)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)] : [path];
        var failed = 0;
        foreach (var file in files)
        {
            try
            {
                GuardedBuffer.Run(target, File.ReadAllBytes(file));
            }
            catch (Exception error)
            {
                // Any exception is a failure, because parsers must not throw.
                failed++;
                output.WriteLine($"{file}: {error}");
            }
        }

        output.WriteLine($"{files.Length - failed} of {files.Length} files passed.");
        return failed == 0 && files.Length > 0;
    }
}
