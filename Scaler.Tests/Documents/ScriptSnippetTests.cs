using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;
using Scaler.Tests.Stream.Api;

namespace Scaler.Tests.Documents;

/// <summary>Runs the curl commands and the JavaScript of the documents against a server, and parses their JSON.</summary>
public sealed partial class ScriptSnippetTests(Backends backends) : IClassFixture<Backends>
{
    private const string ClientFolder = "samples/client";

    public static TheoryData<string, int> Json => DocumentSnippet.InLanguage("json");

    public static TheoryData<string, int> Shell => DocumentSnippet.InLanguage("sh");

    [Theory]
    [MemberData(nameof(Json))]
    public void Json_Snippet_IsValid(string document, int line) => JsonDocument.Parse(DocumentSnippet.Read(document, line).Code).Dispose();

    [Theory]
    [MemberData(nameof(Shell))]
    public void Shell_Snippet_NamesExistingProjectsAndFolders(string document, int line)
    {
        var paths = PathArgument().Matches(DocumentSnippet.Read(document, line).Code).Select(match => match.Groups["path"].Value);

        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{document}:{line}: {path} does not exist."));
    }

    [LinuxFact]
    public async Task Curl_AllSnippets_Succeed()
    {
        await using var host = await ApiHost.StartAsync(await backends.ConnectAsync(Backend.Garnet), backends.NewPrefix());
        await using var client = await TestClient.ConnectAsync(host.Url, "acme");

        foreach (var snippet in DocumentSnippet.All().Where(s => s.Language == "sh" && s.Code.Contains("curl ", StringComparison.Ordinal)))
        {
            var script = $"set -e; KEY={ApiHost.Key} API={host.Url}/api\n{snippet.Code.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal)}";
            await ProgramRunner.RunAsync("bash", "-c", script);
        }
    }

    [NodeFact(ClientFolder)]
    public async Task JavaScript_OfTheReadme_SendsAndReceivesChatMessages()
    {
        await using var server = await StreamProcess.StartAsync((await backends.ConnectAsync(Backend.Garnet)).Configuration);
        await using var other = await TestClient.ConnectAsync(server.Url, "acme");
        var snippet = DocumentSnippet.All().First(s => s is { Document: "README.md", Language: "js" });
        using var node = Process.Start(new ProcessStartInfo(
            "node", ["--input-type=module", "-e", snippet.Code.Replace("http://localhost:8080", server.Url, StringComparison.Ordinal)])
        {
            WorkingDirectory = Path.Combine(Repository.Root, ClientFolder),
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Contains("hello", await other.ReadMessageAsync(), StringComparison.Ordinal);

            await other.SendAsync("""{"event":"chat","args":["and you"]}""");
            Assert.Contains("and you", await node.StandardOutput.ReadLineAsync().WithTimeout("the output of the snippet"), StringComparison.Ordinal);
        }
        finally
        {
            node.Kill();
        }
    }

    [GeneratedRegex(@"(--project|--prefix|dotnet publish|cd) (?<path>[\w./]+)")]
    private static partial Regex PathArgument();
}
