namespace Scaler.EngineIO.Connections;

/// <summary>
/// Represents a connection feature that detects the client's disconnect while nothing reads from the connection. A transport that
/// reads ahead detects it by itself, and does not need this feature.
/// </summary>
public interface IDisconnectDetectionFeature
{
    /// <summary>
    /// Watches for the client's disconnect until more data arrives. Intended for requests that wait: if the next request follows
    /// the response at once, the watch has woken a thread for nothing. May be called from any thread.
    /// </summary>
    void WatchForDisconnect();
}
