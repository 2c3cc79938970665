namespace Scaler.Tests.Helpers;

/// <summary>The rows that the scripts of real clients report: client, transport, and the behavior under test.</summary>
internal static class ClientRows
{
    /// <summary>The major versions of engine.io-client that are installed. Versions 1 to 3 use protocol 3.</summary>
    public static readonly string[] EngineClientVersions = ["1", "2", "3", "4", "5", "6"];

    public static readonly string[] Transports = ["polling", "websocket", "upgraded"];

    /// <summary>Gets the rows of <c>engine-clients.mjs</c>.</summary>
    public static TheoryData<string, string, string> Node => Combine(
        EngineClientVersions, ["text", "binary", "large", "sequence", "closed-by-client", "closed-by-server"]);

    /// <summary>Gets the rows of <c>python_clients.py</c> with engineio.Client.</summary>
    public static TheoryData<string, string, string> PythonEngine => Combine(
        ["engineio"], ["connect", "text", "unicode", "binary", "closed-by-client", "closed-by-server"]);

    /// <summary>Gets the rows of <c>python_clients.py</c> with socketio.Client.</summary>
    public static TheoryData<string, string, string> PythonSocket => Combine(
        ["socketio"], ["connect", "event", "acknowledgement", "binary", "closed-by-client", "closed-by-server"]);

    /// <summary>Gets the rows of <see cref="DotNetClient"/>, for Engine.IO protocols 3 and 4.</summary>
    public static TheoryData<string, string, string> DotNet => Combine(
        ["socketioclient-3", "socketioclient-4"], ["event", "binary", "closed-by-client", "closed-by-server"]);

    private static TheoryData<string, string, string> Combine(string[] clients, string[] rows)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var client in clients)
        {
            foreach (var transport in Transports)
            {
                foreach (var row in rows)
                {
                    data.Add(client, transport, row);
                }
            }
        }

        return data;
    }
}
