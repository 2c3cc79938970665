using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Scaler.Tests.Architecture;

/// <summary>Tests that types stay small enough to have one reason to change.</summary>
public sealed class TypeSizeTests
{
    private const int MaxInstanceFields = 15;
    private const int MaxLines = 400;

    [Fact]
    public void InstanceFields_OfAType_AreAtMostFifteen()
    {
        var types = ProductAssemblies.All.SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.IsDefined(typeof(GeneratedCodeAttribute)))
            .Where(static type => CountState(type) > MaxInstanceFields)
            .Select(static type => type.FullName!);
        KnownViolations.AssertOnly([], types, $"A type has at most {MaxInstanceFields} instance fields.");
    }

    /// <summary>Counts the lines of all files of a type: <c>Name.cs</c>, <c>Name.Part.cs</c>, <c>Name.razor</c>, in one folder.</summary>
    [Fact]
    public void SourceLines_OfAType_AreAtMostFourHundred()
    {
        var types = SourceTree.Find(".cs", ".razor")
            .Where(static path => path.Split('/') is [var project, _, ..] && project.StartsWith("Scaler", StringComparison.Ordinal)
                && !project.EndsWith("Tests", StringComparison.Ordinal))
            .GroupBy(static path => $"{Path.GetDirectoryName(path)!.Replace('\\', '/')}/{Path.GetFileName(path).Split('.')[0]}")
            .Where(static files => files.Sum(static path => SourceTree.Read(path).Count('\n')) > MaxLines)
            .Select(static files => files.Key);
        KnownViolations.AssertOnly([], types, $"A type has at most {MaxLines} source lines, its partial files summed.");
    }

    // Auto-properties do not count: options and records are lists of properties. Parameters that a primary constructor captures count.
    private static int CountState(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Count(static field => !field.Name.EndsWith("k__BackingField", StringComparison.Ordinal));
}
