using System.Text.RegularExpressions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Documents;

/// <summary>A fenced code block of a Markdown document.</summary>
/// <param name="Document">The path of the document, relative to the repository.</param>
/// <param name="Line">The line of the opening fence.</param>
/// <param name="Language">The language after the opening fence.</param>
/// <param name="Code">The code.</param>
public sealed partial record DocumentSnippet(string Document, int Line, string Language, string Code)
{
    private static readonly string[] Folders = ["", "docs", "Scaler.EngineIO", "Scaler.DirectSockets"];

    /// <summary>Gets the snippets of a language in all documents for users.</summary>
    public static TheoryData<string, int> InLanguage(string language)
    {
        var data = new TheoryData<string, int>();
        foreach (var snippet in All().Where(snippet => snippet.Language == language)) data.Add(snippet.Document, snippet.Line);
        return data;
    }

    /// <summary>Reads the snippet at a line of a document.</summary>
    public static DocumentSnippet Read(string document, int line) => In(document).Single(snippet => snippet.Line == line);

    /// <summary>Reads all snippets of the documents for users.</summary>
    public static IEnumerable<DocumentSnippet> All() => Folders
        .Select(folder => Path.Combine(Repository.Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md"))
        .SelectMany(file => In(Path.GetRelativePath(Repository.Root, file)));

    private static IEnumerable<DocumentSnippet> In(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        foreach (Match match in Fence().Matches(text))
        {
            var line = text.AsSpan(0, match.Index).Count('\n') + 1;
            yield return new DocumentSnippet(document, line, match.Groups["language"].Value, match.Groups["code"].Value);
        }
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
