namespace Scaler.EngineIO.Fuzz;

/// <summary>Runs a target over files, so that what a fuzzer once found stays tested where there is no fuzzer.</summary>
internal static class Replay
{
    /// <summary>Whether the target holds for the file, or for each file of the folder. A folder without files does not.</summary>
    public static bool Run(FuzzTarget target, string path, TextWriter output)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)] : [path];
        var failed = 0;
        foreach (var file in files)
        {
            try
            {
                Surroundings.Run(target, File.ReadAllBytes(file));
            }
            catch (Exception error)
            {
                // Whatever it is: a parser throws nothing.
                failed++;
                output.WriteLine($"{file}: {error}");
            }
        }

        output.WriteLine($"{files.Length - failed} of {files.Length} files hold.");
        return failed == 0 && files.Length > 0;
    }
}
