using System.Reflection;

namespace Scaler.Tests.Architecture;

/// <summary>Tests that the folders of a project use each other one way.</summary>
public sealed class FolderCycleTests
{
    private const string Rule = "Folders use only folders below them.";

    [Fact]
    public void Folders_OfTheEngine_HaveNoCycles() => Check(ProductAssemblies.Engine, []);

    [Fact]
    public void Folders_OfScaler_HaveNoCycles() => Check(ProductAssemblies.Scaler, []);

    [Theory]
    [InlineData("a>b", "")]
    [InlineData("a>b b>c a>c", "")]
    [InlineData("a>b b>a", "a <-> b")]
    [InlineData("b>c c>a a>b", "a -> b -> c -> a")]
    [InlineData("a>b b>a b>c c>b", "a <-> b; b <-> c")]
    [InlineData("a>b b>a b>c c>d d>b", "a <-> b; b -> c -> d -> b")]
    public void FindCycles_OfAGraph_ReturnsPairsAndLongerCycles(string edges, string expected)
    {
        var graph = new FolderGraph();
        foreach (var edge in edges.Split(' '))
        {
            graph.Add(edge[..1], edge[2..], edge);
        }

        Assert.Equal(expected, string.Join("; ", graph.FindCycles()));
    }

    private static void Check(Assembly assembly, string[] known)
    {
        var graph = FolderGraph.Load(assembly);
        var cycles = graph.FindCycles();
        var explained = cycles.Except(known).Select(cycle => $"{cycle}\n{graph.Explain(cycle)}");
        KnownViolations.AssertOnly(known, cycles, $"{Rule}\n{string.Join('\n', explained)}");
    }
}
