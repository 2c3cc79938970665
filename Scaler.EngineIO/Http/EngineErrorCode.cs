namespace Scaler.EngineIO.Http;

/// <summary>Specifies the error codes of the Engine.IO protocol. The values are sent to clients.</summary>
internal enum EngineErrorCode
{
    UnknownTransport = 0,
    UnknownSession = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedVersion = 5,
}
