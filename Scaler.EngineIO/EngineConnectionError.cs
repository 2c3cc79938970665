using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>A request that was refused, for <see cref="EngineIOOptions.OnConnectionError"/>.</summary>
/// <param name="Code">The protocol's code: 0 unknown transport, 1 unknown session, 2 bad handshake method, 3 bad request, 4 forbidden, 5 unsupported protocol version.</param>
/// <param name="Message">What the client is told.</param>
/// <param name="HttpContext">The request; not to be kept beyond the call.</param>
public readonly record struct EngineConnectionError(int Code, string Message, HttpContext HttpContext);
