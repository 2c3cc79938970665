namespace Scaler.EngineIO;

/// <summary>Specifies how a message is sent.</summary>
[Flags]
public enum EngineSendFlags
{
    /// <summary>
    /// Delivers the message in order, compressed if compression is enabled and the message reaches the threshold.
    /// </summary>
    None = 0,

    /// <summary>
    /// Drops the message if it cannot be written immediately. The message is sent if the WebSocket is idle or a poll request is
    /// held; in a handler call, together with the other messages of that call. For messages that are only useful immediately.
    /// </summary>
    Volatile = 1,

    /// <summary>
    /// Sends the message uncompressed. For messages that are already compressed, or that contain a secret next to
    /// client-controlled data.
    /// </summary>
    NoCompression = 2,
}
