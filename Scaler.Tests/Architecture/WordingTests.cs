using System.Text.RegularExpressions;

namespace Scaler.Tests.Architecture;

/// <summary>Tests the wording of comments and documents.</summary>
public sealed partial class WordingTests
{
    [Fact]
    public void Comments_OfAllSources_NameTheActor()
    {
        var words =
            from path in SourceTree.Find(".cs", ".razor", ".lua", ".md")
            from comment in Comments(path)
            from Match word in BannedWord().Matches(comment)
            select $"{path}: {word.Value.ToLowerInvariant()}";
        Assert.Empty(words);
    }

    [Fact]
    public void Summaries_OfAllSources_BeginWithAVerbOrNoun()
    {
        var summaries =
            from path in SourceTree.Find(".cs", ".razor")
            from Match summary in QuestionSummary().Matches(SourceTree.Read(path))
            select $"{path}: {summary.Value}";
        Assert.Empty(summaries);
    }

    [Theory]
    [InlineData(".cs", "var a = \"// nobody\"; // somebody", "// somebody")]
    [InlineData(".cs", "/* one */ @\"\"\" // two\"; '\"' /// three", "/* one */|/// three")]
    [InlineData(".razor", "<p>nobody</p> @* one *@ <!-- two --> // three", "@* one *@|<!-- two -->|// three")]
    [InlineData(".lua", "local nobody = 1 -- one", "-- one")]
    [InlineData(".md", "All of it.", "All of it.")]
    public void FindComments_InASource_SkipsCodeAndStrings(string extension, string source, string expected) =>
        Assert.Equal(expected, string.Join('|', FindComments(extension, source)));

    private static IEnumerable<string> Comments(string path) => FindComments(Path.GetExtension(path), SourceTree.Read(path));

    private static IEnumerable<string> FindComments(string extension, string source) => extension switch
    {
        ".md" => [source],
        ".lua" => LuaComment().Matches(source).Select(static match => match.Value),
        _ => StringOrComment().Matches(source).Where(static match => match.Groups["comment"].Success).Select(static match => match.Value),
    };

    [GeneratedRegex(@"\b(whoever|nobody|somebody)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BannedWord();

    [GeneratedRegex(@"<summary>[\s/]*(What|Whether|Who|How|Where)\b")]
    private static partial Regex QuestionSummary();

    [GeneratedRegex("--.*")]
    private static partial Regex LuaComment();

    /// <summary>Matches string literals too, so that their content is not taken for a comment.</summary>
    [GeneratedRegex("""
        "{3,}[\s\S]*?"{3,}|@\$?"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|(?<comment>//.*|/\*[\s\S]*?\*/|@\*[\s\S]*?\*@|<!--[\s\S]*?-->)
        """)]
    private static partial Regex StringOrComment();
}
