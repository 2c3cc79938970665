using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>Maps each <see cref="EngineErrorCode"/> to its message, HTTP status code and metric tag.</summary>
internal static class EngineErrorExtensions
{
    /// <summary>Returns the message that is sent to the client.</summary>
    public static string GetMessage(this EngineErrorCode error) => error switch
    {
        EngineErrorCode.UnknownTransport => "Transport unknown",
        EngineErrorCode.UnknownSession => "Session ID unknown",
        EngineErrorCode.BadHandshakeMethod => "Bad handshake method",
        EngineErrorCode.Forbidden => "Forbidden",
        EngineErrorCode.UnsupportedVersion => "Unsupported protocol version",
        _ => "Bad request",
    };

    /// <summary>Returns the HTTP status code.</summary>
    public static int GetStatusCode(this EngineErrorCode error) =>
        error == EngineErrorCode.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;

    /// <summary>Returns the value of the metric tag <c>error.type</c>.</summary>
    public static string GetErrorType(this EngineErrorCode error) => error switch
    {
        EngineErrorCode.UnknownTransport => "unknown_transport",
        EngineErrorCode.UnknownSession => "unknown_session",
        EngineErrorCode.BadHandshakeMethod => "bad_handshake_method",
        EngineErrorCode.Forbidden => "forbidden",
        EngineErrorCode.UnsupportedVersion => "unsupported_version",
        _ => "bad_request",
    };
}
