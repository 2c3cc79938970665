using System.Reflection;
using System.Text.RegularExpressions;

namespace Scaler.Tests.Architecture;

/// <summary>
/// Represents the dependencies between the folders of a project, and finds cycles. Public types keep the root namespace wherever their
/// file is, so the folder of a type is the folder of its file, not its namespace.
/// </summary>
internal sealed partial class FolderGraph
{
    /// <summary>The name of the project's own folder.</summary>
    public const string Root = "(root)";

    private readonly SortedDictionary<string, SortedSet<string>> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), SortedSet<string>> _uses = [];

    public static FolderGraph Load(Assembly assembly)
    {
        var root = assembly.GetName().Name!;
        var graph = new FolderGraph();
        var folders = ReadFolders(root);
        var types = ProductAssemblies.Load(assembly).Types.Where(type => IsBelow(type, root)).ToHashSet();
        foreach (var type in types)
        {
            foreach (var target in type.Dependencies.Select(static dependency => dependency.Target).Where(types.Contains))
            {
                graph.Add(FolderOf(type, folders), FolderOf(target, folders), $"{type.Name} uses {target.Name}");
            }
        }

        return graph;
    }

    public void Add(string from, string to, string use)
    {
        if (from == to)
        {
            return;
        }

        _targets.TryAdd(from, new SortedSet<string>(StringComparer.Ordinal));
        _targets[from].Add(to);
        _uses.TryAdd((from, to), new SortedSet<string>(StringComparer.Ordinal));
        _uses[(from, to)].Add(use);
    }

    /// <summary>
    /// Finds the pairs of folders that use each other, and the shortest cycle through each folder that remains without those
    /// pairs. Reports pairs separately, because a fix of one pair then changes one entry only.
    /// </summary>
    /// <returns>The cycles: <c>A &lt;-&gt; B</c>, or <c>A -&gt; B -&gt; C -&gt; A</c> beginning with the first name.</returns>
    public IReadOnlyList<string> FindCycles()
    {
        var pairs =
            from edge in _uses.Keys
            where string.CompareOrdinal(edge.From, edge.To) < 0 && Uses(edge.To, edge.From)
            select $"{edge.From} <-> {edge.To}";
        var longer = _targets.Keys.Select(FindShortestCycle).OfType<string>();
        return [.. pairs.Concat(longer).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Gets the types that make the first folder of a cycle use the second one, and so on.</summary>
    public string Explain(string cycle)
    {
        var names = cycle.Split([" <-> ", " -> "], StringSplitOptions.None);
        var edges = names.Length == 2 ? [(names[0], names[1]), (names[1], names[0])] : names.Zip(names.Skip(1));
        return string.Join('\n', edges.Select(edge => $"    {edge.Item1} -> {edge.Item2}: {string.Join(", ", _uses[edge].Take(8))}"));
    }

    private static bool IsBelow(ArchUnitNET.Domain.IType type, string root) =>
        type.Namespace.FullName == root || type.Namespace.FullName.StartsWith(root + ".", StringComparison.Ordinal);

    private static string FolderOf(ArchUnitNET.Domain.IType type, Dictionary<string, string> folders)
    {
        // Scaler.Outer+Inner`1 is declared within Outer.
        var outer = type.FullName[(type.Namespace.FullName.Length + 1)..].Split('+', '`', '/')[0];
        return folders.TryGetValue($"{type.Namespace.FullName}.{outer}", out var folder) && folder.Length > 0 ? folder : Root;
    }

    /// <summary>Returns the folder of each type that the source files of a project declare.</summary>
    private static Dictionary<string, string> ReadFolders(string project)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in SourceTree.Find(".cs").Where(path => path.StartsWith(project + "/", StringComparison.Ordinal)))
        {
            var source = SourceTree.Read(path);
            var space = Namespace().Match(source).Groups["name"].Value;
            foreach (Match declaration in Declaration().Matches(source))
            {
                folders[$"{space}.{declaration.Groups["name"].Value}"] = Path.GetDirectoryName(path)![project.Length..].Trim('/');
            }
        }

        return folders;
    }

    private bool Uses(string from, string to) => _uses.ContainsKey((from, to));

    private string? FindShortestCycle(string start)
    {
        var paths = new Queue<string[]>([[start]]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (paths.TryDequeue(out var path))
        {
            foreach (var next in _targets.GetValueOrDefault(path[^1], []).Where(next => !Uses(next, path[^1])))
            {
                if (next == start)
                {
                    return Format(path);
                }

                if (seen.Add(next))
                {
                    paths.Enqueue([.. path, next]);
                }
            }
        }

        return null;
    }

    private static string Format(string[] path)
    {
        var first = Array.IndexOf(path, path.Min(StringComparer.Ordinal));
        string[] rotated = [.. path[first..], .. path[..first]];
        return string.Join(" -> ", [.. rotated, rotated[0]]);
    }

    [GeneratedRegex(@"^\w[\w ]*?\b(?:class|record struct|record class|record|struct|interface|enum) (?!struct\b|class\b)(?<name>\w+)|^\w[\w ]*?\bdelegate [\w<>?]+ (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
