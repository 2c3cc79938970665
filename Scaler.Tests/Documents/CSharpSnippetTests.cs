using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Scaler.Tests.Documents;

/// <summary>Compiles each C# snippet of the documents as a program of its own, with the implicit usings of the Web SDK.</summary>
public sealed class CSharpSnippetTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    public static TheoryData<string, int> Snippets => DocumentSnippet.InLanguage("csharp");

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Compile_Snippet_HasNoErrors(string document, int line)
    {
        var snippet = DocumentSnippet.Read(document, line);

        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(snippet.Code)],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        var problems = compilation.GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning);
        Assert.Empty(problems.Select(problem => $"{document}:{line + problem.Location.GetLineSpan().StartLinePosition.Line + 1}: {problem.GetMessage(CultureInfo.InvariantCulture)}"));
    }
}
