using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>Describes a refused request, for <see cref="EngineIOOptions.OnConnectionError"/>.</summary>
/// <param name="Code">
/// The Engine.IO error code: 0 unknown transport, 1 unknown session, 2 bad handshake method, 3 bad request, 4 forbidden,
/// 5 unsupported protocol version.
/// </param>
/// <param name="Message">The message that is sent to the client.</param>
/// <param name="HttpContext">The context of the request, valid only during the call.</param>
public readonly record struct EngineConnectionError(int Code, string Message, HttpContext HttpContext);
