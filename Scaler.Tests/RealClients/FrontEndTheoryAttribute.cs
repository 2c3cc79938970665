using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.RealClients;

/// <summary>
/// A theory that runs real clients through nginx and HAProxy. Skipped with a reason if a program or package is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FrontEndTheoryAttribute : TheoryAttribute
{
    /// <param name="client">The client: node, python, dotnet or chromium.</param>
    public FrontEndTheoryAttribute(string client)
    {
        Client = client;
        Skip = ExternalTool.GetSkipReason("nginx") ?? ExternalTool.GetSkipReason("haproxy")
            ?? ExternalTool.GetSkipReason("redis-server") ?? client switch
            {
                "node" => NodeRunner.GetSkipReason(NodeRunner.EngineClientsFolder),
                "python" => PythonTheoryAttribute.SkipReason,
                "chromium" => ChromiumFactAttribute.SkipReason ?? NodeRunner.GetSkipReason(NodeRunner.EngineClientsFolder),
                _ => null,
            };
    }

    /// <summary>Gets the client.</summary>
    public string Client { get; }
}
