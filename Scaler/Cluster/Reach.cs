namespace Scaler.Cluster;

/// <summary>What the bus knows of one server that an envelope was meant for.</summary>
/// <param name="Holder">The server's holder.</param>
/// <param name="Connections">Connections that the registry says it has.</param>
/// <param name="Listening">Whether it listened. False also where its lease is gone.</param>
internal readonly record struct Reach(string Holder, int Connections, bool Listening);
