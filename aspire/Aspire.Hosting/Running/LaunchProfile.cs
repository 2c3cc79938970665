using System.Text.Json;

namespace Aspire.Hosting.Running;

/// <summary>The first profile of a project's <c>Properties/launchSettings.json</c> that starts the project itself.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<Uri> Urls, IReadOnlyDictionary<string, string> EnvironmentVariables)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static LaunchProfile? First(string projectPath)
    {
        var folder = Directory.Exists(projectPath) ? projectPath : Path.GetDirectoryName(projectPath)!;
        var path = Path.Combine(folder, "Properties", "launchSettings.json");
        if (!File.Exists(path)) return null;

        using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
        if (!document.RootElement.TryGetProperty("profiles", out var profiles)) return null;
        foreach (var profile in profiles.EnumerateObject())
        {
            if (Text(profile.Value, "commandName") == "Project") return Read(profile.Name, profile.Value);
        }

        return null;
    }

    private static LaunchProfile Read(string name, JsonElement profile)
    {
        var variables = new Dictionary<string, string>();
        if (profile.TryGetProperty("environmentVariables", out var given))
        {
            foreach (var variable in given.EnumerateObject()) variables[variable.Name] = variable.Value.GetString() ?? "";
        }

        var urls = Text(profile, "applicationUrl")?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(name, [.. (urls ?? []).Select(url => new Uri(url))], variables);
    }

    private static string? Text(JsonElement profile, string name) =>
        profile.TryGetProperty(name, out var value) ? value.GetString() : null;
}
