using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>Maps each <see cref="EngineError"/> to its message, HTTP status code and metric tag.</summary>
internal static class EngineErrorExtensions
{
    /// <summary>Returns the message that is sent to the client.</summary>
    public static string Message(this EngineError error) => error switch
    {
        EngineError.UnknownTransport => "Transport unknown",
        EngineError.UnknownSession => "Session ID unknown",
        EngineError.BadHandshakeMethod => "Bad handshake method",
        EngineError.Forbidden => "Forbidden",
        EngineError.UnsupportedVersion => "Unsupported protocol version",
        _ => "Bad request",
    };

    /// <summary>Returns the HTTP status code.</summary>
    public static int Status(this EngineError error) =>
        error == EngineError.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;

    /// <summary>Returns the value of the metric tag <c>error.type</c>.</summary>
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
