using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>What an ended session leaves to be told of its end.</summary>
/// <param name="Poll">The poll that was held.</param>
/// <param name="Upgrade">The upgrade that was on its way.</param>
/// <param name="Socket">Its WebSocket.</param>
/// <param name="IsFinished">Whether the client is to hear nothing more.</param>
internal readonly record struct SessionEnding(PollWaiter? Poll, UpgradeAttempt? Upgrade, WebSocketConnection? Socket, bool IsFinished);
