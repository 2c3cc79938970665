using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Documents;

/// <summary>Tests that the table of clients names the versions that the tests run, and the classes that test them.</summary>
public sealed partial class ClientTableTests
{
    private static readonly IReadOnlyDictionary<string, string> NodePackages = ReadNodePackages();

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (Match row in Row().Matches(ReadFile("docs/clients.md")))
            {
                data.Add(row.Groups["client"].Value, row.Groups["version"].Value, row.Groups["tests"].Value);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_OfEachClient_NamesTheVersionThatRuns(string client, string version, string tests)
    {
        var actual = client switch
        {
            "engine.io-client (npm)" or "engine.io-client in Chromium" =>
                NodePackages.GetValueOrDefault($"engine.io-client-{version.Split('.')[0]}"),
            "SocketIOClient (NuGet)" => XDocument.Load(GetPath("Directory.Packages.props")).Descendants("PackageVersion")
                .Single(package => (string?)package.Attribute("Include") == "SocketIOClient").Attribute("Version")!.Value,
            _ => await ReadDebianVersionAsync(client) ?? version,
        };
        Assert.Equal(version, actual);
        Assert.All(tests.Split(", "), test => Assert.Contains(
            Directory.EnumerateFiles(Repository.Root, $"{test.Trim('`')}.cs", SearchOption.AllDirectories),
            static file => !file.Contains("/obj/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Table_OfClients_HasARowForEachInstalledVersion() => Assert.Equal(
        NodePackages.Values.Order(StringComparer.Ordinal),
        Rows.Where(static row => row[0] is "engine.io-client (npm)").Select(static row => (string)row[1]));

    private static Dictionary<string, string> ReadNodePackages()
    {
        using var document = JsonDocument.Parse(ReadFile($"{NodeRunner.EngineClientsFolder}/package-lock.json"));
        const string Prefix = "node_modules/";
        return document.RootElement.GetProperty("packages").EnumerateObject()
            .Where(static package => package.Name.StartsWith(Prefix + "engine.io-client-", StringComparison.Ordinal))
            .Where(static package => package.Name.LastIndexOf(Prefix, StringComparison.Ordinal) == 0)
            .ToDictionary(
                static package => package.Name[Prefix.Length..],
                static package => package.Value.GetProperty("version").GetString()!);
    }

    /// <summary>Reads the version of an installed package, without its revision, on the release that the table names.</summary>
    private static async Task<string?> ReadDebianVersionAsync(string client)
    {
        var (package, debian) = (client.Split(' ')[0], client.Split("(Debian ")[1].TrimEnd(')'));
        if (PythonTheoryAttribute.SkipReason is not null || !File.Exists("/etc/os-release")
            || !(await File.ReadAllTextAsync("/etc/os-release")).Contains($"VERSION_ID=\"{debian}\"", StringComparison.Ordinal))
        {
            return null;
        }

        return (await ProgramRunner.RunAsync("dpkg-query", "-W", "-f", "${Version}", package)).Split('-')[0];
    }

    private static string GetPath(string path) => Path.Combine(Repository.Root, path);

    private static string ReadFile(string path) => File.ReadAllText(GetPath(path));

    [GeneratedRegex(@"^\| (?<client>[^|]+) \| (?<version>\d+\.\d+\.\d+) \|.*\| (?<tests>`[^|]+`) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
