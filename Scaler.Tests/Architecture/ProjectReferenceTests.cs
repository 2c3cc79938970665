using System.Xml.Linq;

namespace Scaler.Tests.Architecture;

/// <summary>
/// Tests that projects depend one way. Reads the project files, because the compiler drops references that no code uses.
/// </summary>
public sealed class ProjectReferenceTests
{
    /// <summary>The projects that each product project may reference.</summary>
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["Scaler.EngineIO"] = [],
        ["Scaler.DirectSockets"] = ["Scaler.EngineIO"],
        ["Scaler"] = ["Scaler.EngineIO"],
        ["Scaler.ServiceDefaults"] = [],
        ["Scaler.Redis"] = ["Scaler.ServiceDefaults"],
        ["Scaler.Stream"] = ["Scaler", "Scaler.EngineIO", "Scaler.DirectSockets", "Scaler.ServiceDefaults"],
        ["Scaler.Admin"] = ["Scaler", "Scaler.ServiceDefaults"],
        ["Scaler.AppHost"] = ["Scaler.Admin", "Scaler.Redis", "Scaler.Stream"],
        ["Scaler.EngineIO.Fuzz"] = ["Scaler.EngineIO"],
        ["Scaler.TestHelpers"] = ["Scaler.EngineIO", "Scaler.DirectSockets"],
        ["Scaler.EngineIO.Tests"] = ["Scaler.EngineIO", "Scaler.DirectSockets", "Scaler.EngineIO.Fuzz", "Scaler.TestHelpers", "EngineIO.Echo"],
    };

    /// <summary>The beginnings of package names that the projects below the service must not reference.</summary>
    private static readonly Dictionary<string, string[]> ForbiddenPackages = new(StringComparer.Ordinal)
    {
        ["Scaler.EngineIO"] = ["StackExchange.", "Aspire.", "Yarp.", "OpenTelemetry", "Microsoft.Garnet"],
        ["Scaler.DirectSockets"] = ["StackExchange.", "Aspire.", "Yarp.", "OpenTelemetry", "Microsoft.Garnet"],
        ["Scaler"] = ["Aspire.", "OpenTelemetry", "Microsoft.Garnet"],
        ["Scaler.TestHelpers"] = ["StackExchange.", "Aspire.", "Microsoft.Garnet", "Microsoft.Playwright", "bunit"],
        ["Scaler.EngineIO.Tests"] = ["StackExchange.", "Aspire.", "Microsoft.Garnet", "Microsoft.Playwright", "bunit"],
    };

    // These programs and tests may use every project.
    private static readonly string[] Unrestricted = ["Scaler.Tests", "Scaler.Benchmarks"];

    public static TheoryData<string> Projects =>
        [.. SourceTree.Find(".csproj").Where(static path => path.Split('/') is [var folder, _] && !Unrestricted.Contains(folder))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfAProject_PointToProjectsBelowIt(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Assert.True(AllowedReferences.TryGetValue(name, out var allowed), $"Add {name} to {nameof(AllowedReferences)}.");

        var forbidden = References(path, "ProjectReference").Select(static include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))
            .Except(allowed);

        Assert.Empty(forbidden);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void PackageReferences_OfAProject_ContainNoForbiddenPackage(string path)
    {
        var prefixes = ForbiddenPackages.GetValueOrDefault(Path.GetFileNameWithoutExtension(path), []);

        var forbidden = References(path, "PackageReference")
            .Where(package => prefixes.Any(prefix => package.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));

        Assert.Empty(forbidden);
    }

    private static IEnumerable<string> References(string path, string element) =>
        XDocument.Parse(SourceTree.Read(path)).Descendants(element).Attributes("Include").Select(static include => include.Value);
}
