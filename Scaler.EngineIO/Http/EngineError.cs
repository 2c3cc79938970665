namespace Scaler.EngineIO.Http;

/// <summary>The refusals of the protocol: the numbers are on the wire.</summary>
internal enum EngineError
{
    UnknownTransport = 0,
    UnknownSession = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedVersion = 5,
}
