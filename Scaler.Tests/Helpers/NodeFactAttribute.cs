namespace Scaler.Tests.Helpers;

/// <summary>A fact that runs a script of npm packages; where they or Node.js are missing, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute(string folder = Node.Clients) => Skip = Node.SkipWithout(folder);
}
