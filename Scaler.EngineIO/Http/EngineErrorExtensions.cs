using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>What each refusal says: the one table.</summary>
internal static class EngineErrorExtensions
{
    public static string Message(this EngineError error) => error switch
    {
        EngineError.UnknownTransport => "Transport unknown",
        EngineError.UnknownSession => "Session ID unknown",
        EngineError.BadHandshakeMethod => "Bad handshake method",
        EngineError.Forbidden => "Forbidden",
        EngineError.UnsupportedVersion => "Unsupported protocol version",
        _ => "Bad request",
    };

    public static int Status(this EngineError error) =>
        error == EngineError.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;

    /// <summary>The value of the tag <c>error.type</c>.</summary>
    public static string Tag(this EngineError error) => error switch
    {
        EngineError.UnknownTransport => "unknown_transport",
        EngineError.UnknownSession => "unknown_session",
        EngineError.BadHandshakeMethod => "bad_handshake_method",
        EngineError.Forbidden => "forbidden",
        EngineError.UnsupportedVersion => "unsupported_version",
        _ => "bad_request",
    };
}
