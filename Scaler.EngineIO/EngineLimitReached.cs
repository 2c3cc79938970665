using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>A client that went over a limit, for <see cref="EngineIOOptions.OnLimitReached"/>.</summary>
/// <param name="Limit">Which limit.</param>
/// <param name="Session">The session; null for <see cref="EngineLimit.Handshakes"/>.</param>
/// <param name="HttpContext">The handshake's request, not to be kept beyond the call; null for all limits but <see cref="EngineLimit.Handshakes"/>.</param>
public readonly record struct EngineLimitReached(EngineLimit Limit, EngineSession? Session, HttpContext? HttpContext);
