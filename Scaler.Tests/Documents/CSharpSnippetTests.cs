using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Scaler.Tests.Documents;

/// <summary>Compiles each C# snippet of the documents as a program of its own, with the implicit usings of the Web SDK.</summary>
public sealed class CSharpSnippetTests
{
    public static TheoryData<string, int> Snippets => DocumentSnippet.InLanguage("csharp");

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Compile_Snippet_HasNoErrors(string document, int line)
    {
        var snippet = DocumentSnippet.Read(document, line);

        var problems = SnippetCompiler.Compile(snippet.Code).GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning);
        Assert.Empty(problems.Select(problem => $"{document}:{line + problem.Location.GetLineSpan().StartLinePosition.Line + 1}: {problem.GetMessage(CultureInfo.InvariantCulture)}"));
    }
}
