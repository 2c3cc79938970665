using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Scaler.Tests.Documents;

namespace Scaler.Tests.Messages;

/// <summary>Tests which overload a call of a send method selects, by compiling the call.</summary>
public sealed class SendOverloadTests
{
    private const string Declarations = """
        using Scaler;
        using Scaler.EngineIO;

        static class Calls
        {
            static void Main() { }

            static async Task RunAsync(
                ScalerServer server, ScalerCluster cluster, Account account, ScalerConnection connection, ScalerMessage message,
                SendOptions send, BroadcastOptions broadcast, CancellationToken token, IReadOnlyList<object?> list)
            {
                await CALL;
            }
        }
        """;

    [Theory]
    [InlineData("account.SendAsync(\"e\")", "SendAsync(string, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", token)", "SendAsync(string, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", send)", "SendAsync(string, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", send, token)", "SendAsync(string, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", \"x\", token)", "SendAsync<string>(string, string, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", \"x\", send)", "SendAsync<string>(string, string, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", \"x\", send, token)", "SendAsync<string>(string, string, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", 1, 2, token)", "SendAsync<int, int>(string, int, int, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", 1, 2, send)", "SendAsync<int, int>(string, int, int, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", 1, 2, 3, token)", "SendAsync<int, int, int>(string, int, int, int, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", 1, 2, 3, send, token)", "SendAsync<int, int, int>(string, int, int, int, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", new[] { \"a\" })", "SendAsync<string[]>(string, string[], CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", new[] { 1 })", "SendAsync<int[]>(string, int[], CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", new object[] { 1 }, send)", "SendAsync<object[]>(string, object[], SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", list)", "SendAsync(string, IReadOnlyList<object?>, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", [1, \"a\", null], token)", "SendAsync(string, IReadOnlyList<object?>, CancellationToken)")]
    [InlineData("account.SendAsync(\"e\", [], send, token)", "SendAsync(string, IReadOnlyList<object?>, SendOptions, CancellationToken)")]
    [InlineData("account.SendAsync(message, token)", "SendAsync(in ScalerMessage, CancellationToken)")]
    [InlineData("account.SendAsync(message, send, token)", "SendAsync(in ScalerMessage, SendOptions, CancellationToken)")]
    [InlineData("connection.SendAsync(\"e\", token)", "SendAsync(string, CancellationToken)")]
    [InlineData("connection.SendAsync(\"e\", \"x\", token)", "SendAsync<string>(string, string, CancellationToken)")]
    [InlineData("connection.SendAsync(\"e\", new[] { \"a\" })", "SendAsync<string[]>(string, string[], CancellationToken)")]
    [InlineData("connection.SendAsync(\"e\", [1, 2, 3, 4])", "SendAsync(string, IReadOnlyList<object?>, CancellationToken)")]
    [InlineData("cluster.SendAsync(\"acme\", \"e\", token)", "SendAsync(string, string, CancellationToken)")]
    [InlineData("cluster.SendAsync(\"acme\", \"e\", \"x\", send)", "SendAsync<string>(string, string, string, SendOptions, CancellationToken)")]
    [InlineData("cluster.SendAsync(\"acme\", \"e\", new[] { \"a\" })", "SendAsync<string[]>(string, string, string[], CancellationToken)")]
    [InlineData("cluster.SendAsync(\"acme\", \"e\", [1], send)", "SendAsync(string, string, IReadOnlyList<object?>, SendOptions, CancellationToken)")]
    [InlineData("cluster.BroadcastAsync(\"e\", [\"x\"], broadcast)", "BroadcastAsync(string, IReadOnlyList<object?>, BroadcastOptions, CancellationToken)")]
    [InlineData("server.BroadcastAsync(\"e\", token)", "BroadcastAsync(string, CancellationToken)")]
    [InlineData("server.BroadcastAsync(\"e\", \"x\", broadcast, token)", "BroadcastAsync<string>(string, string, BroadcastOptions, CancellationToken)")]
    [InlineData("server.BroadcastAsync(\"e\", new[] { \"a\" })", "BroadcastAsync<string[]>(string, string[], CancellationToken)")]
    public void Compile_Send_SelectsTheOverload(string call, string overload)
    {
        var compilation = SnippetCompiler.Compile(Declarations.Replace("CALL", call, StringComparison.Ordinal));

        Assert.Empty(Errors(compilation));
        var tree = compilation.SyntaxTrees.ElementAt(1);
        var invocation = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().First();
        var method = compilation.GetSemanticModel(tree).GetSymbolInfo(invocation).Symbol!;
        Assert.Equal(overload, method.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat
            .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters)
            .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeParamsRefOut)));
    }

    [Theory]
    [InlineData("account.SendAsync(\"e\", 1, 2, 3, 4)")]
    [InlineData("account.SendAsync(\"e\", [\"x\"], broadcast)")]
    [InlineData("account.SendAsync(message, broadcast)")]
    [InlineData("connection.SendAsync(\"e\", [\"x\"], send)")]
    [InlineData("connection.SendAsync(message, send)")]
    [InlineData("cluster.BroadcastAsync(\"e\", [\"x\"], send)")]
    [InlineData("cluster.BroadcastAsync(\"e\", [\"x\"], new BroadcastOptions { Only = \"a\" })")]
    [InlineData("server.BroadcastAsync(\"e\", [\"x\"], new SendOptions { Only = \"a\" })")]
    [InlineData("server.BroadcastAsync(\"e\", new() { Only = \"a\" })")]
    public void Compile_SendWithUnsupportedOptions_Fails(string call) =>
        Assert.NotEmpty(Errors(SnippetCompiler.Compile(Declarations.Replace("CALL", call, StringComparison.Ordinal))));

    private static IEnumerable<string> Errors(Compilation compilation) => compilation.GetDiagnostics()
        .Where(static problem => problem.Severity == DiagnosticSeverity.Error)
        .Select(static problem => problem.GetMessage(CultureInfo.InvariantCulture));
}
