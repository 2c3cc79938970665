namespace Scaler.Tests.Helpers;

/// <summary>Node.js and the npm packages that tests run; <c>npm ci</c> in the folder of a script installs what it needs.</summary>
internal static class Node
{
    /// <summary>The npm clients of all versions.</summary>
    public const string Clients = "Scaler.Tests/EndToEnd/clients";

    /// <summary>Why a test of scripts in a folder is skipped, or null where it can run. In CI nothing is skipped: there the test fails.</summary>
    public static string? SkipWithout(string folder) => Tool.SkipWithout("node")
        ?? (Directory.Exists(Path.Combine(Repository.Root, folder, "node_modules")) || Tool.IsCI
            ? null : $"npm ci has not been run in {folder}");

    /// <summary>Runs a script of the repository to its end. Fails the test where the script fails.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments) =>
        (await ProgramRun.ToEndAsync("node", [Path.Combine(Repository.Root, script), .. arguments])).Trim();
}
