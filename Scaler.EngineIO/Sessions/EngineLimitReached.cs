using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>Describes a client that exceeded a limit, for <see cref="EngineIOOptions.OnLimitReached"/>.</summary>
/// <param name="Limit">The exceeded limit.</param>
/// <param name="Session">The session, or <see langword="null"/> for <see cref="EngineLimit.Handshakes"/>.</param>
/// <param name="HttpContext">
/// The context of the handshake request, valid only during the call, or <see langword="null"/> for limits other than
/// <see cref="EngineLimit.Handshakes"/>.
/// </param>
public readonly record struct EngineLimitReached(EngineLimit Limit, EngineSession? Session, HttpContext? HttpContext);
