namespace Scaler.Tests.Helpers;

/// <summary>A theory that runs a script of npm packages; where they or Node.js are missing, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute(string folder = Node.Clients) => Skip = Node.SkipWithout(folder);
}
