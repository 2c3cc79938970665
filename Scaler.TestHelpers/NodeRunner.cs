namespace Scaler.Tests.Helpers;

/// <summary>Runs Node.js scripts. <c>npm ci</c> in the folder of a script installs its packages.</summary>
internal static class NodeRunner
{
    /// <summary>The folder of the scripts that use the official clients, in all supported major versions.</summary>
    public const string EngineClientsFolder = "Scaler.EngineIO.Tests/clients";

    /// <summary>
    /// Returns the reason to skip tests that run scripts of a folder. In CI no test is skipped; it fails instead.
    /// </summary>
    /// <returns>The reason, or <see langword="null"/> if the test can run.</returns>
    public static string? GetSkipReason(string folder) => ExternalTool.GetSkipReason("node")
        ?? (Directory.Exists(Path.Combine(Repository.Root, folder, "node_modules")) || ExternalTool.IsCI
            ? null : $"'npm ci' has not been run in {folder}.");

    /// <summary>Runs a script of the repository until it exits. Fails the test if the script fails.</summary>
    /// <returns>The standard output of the script, trimmed.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments) =>
        (await ProgramRunner.RunAsync("node", [Path.Combine(Repository.Root, script), .. arguments])).Trim();
}
