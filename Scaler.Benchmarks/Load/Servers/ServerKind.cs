using System.Diagnostics;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Servers;

/// <summary>A kind of server that is measured: how it is started and spoken to.</summary>
internal sealed record ServerKind(string Name, Dialect Dialect, Func<Launch, ProcessStartInfo> Start)
{
    /// <summary>Whether it cannot run without Redis.</summary>
    public bool NeedsRedis { get; init; }

    /// <summary>Where a message to everybody is posted.</summary>
    public string BroadcastPath { get; init; } = "/broadcast";

    /// <summary>What is posted to have a text sent.</summary>
    public Func<string, string> Body { get; init; } = text => text;

    /// <summary>Further headers of what is posted.</summary>
    public string Headers { get; init; } = "";
}
