using System.Diagnostics;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>Represents a kind of server under measurement, with its start command and its protocol.</summary>
internal sealed record ServerKind(string Name, WireProtocol Protocol, Func<LaunchOptions, ProcessStartInfo> Start)
{
    /// <summary>Gets a value indicating whether the server requires Redis.</summary>
    public bool NeedsRedis { get; init; }

    /// <summary>Gets the path of the endpoint that broadcasts a posted message.</summary>
    public string BroadcastPath { get; init; } = "/broadcast";

    /// <summary>Gets the function that creates the body of a broadcast request from a text.</summary>
    public Func<string, string> CreateBroadcastBody { get; init; } = text => text;

    /// <summary>Gets the additional headers of a broadcast request.</summary>
    public string BroadcastHeaders { get; init; } = "";
}
