namespace Scaler.Tests.Helpers;

/// <summary>
/// A theory that runs a Node.js script. Skipped with a reason if Node.js or the npm packages are not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute(string folder = NodeRunner.EngineClientsFolder) => Skip = NodeRunner.GetSkipReason(folder);
}
