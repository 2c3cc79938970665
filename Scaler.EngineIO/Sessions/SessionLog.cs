using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Sessions;

/// <summary>Logs the events of a session.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId} opened over {Transport}, protocol {Version}.")]
    public static partial void Opened(ILogger logger, string connectionId, EngineTransport transport, int version);

    [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId} closed: {Reason}.")]
    public static partial void Ended(ILogger logger, string connectionId, EngineCloseReason reason);

    [LoggerMessage(3, LogLevel.Debug, "Connection {ConnectionId} upgraded to WebSocket.")]
    public static partial void Upgraded(ILogger logger, string connectionId);

    [LoggerMessage(4, LogLevel.Debug, "Upgrade of connection {ConnectionId} dropped, polling continues: {Cause}.")]
    public static partial void UpgradeDropped(ILogger logger, string connectionId, string cause);

    public static void HandlerThrew(ILogger logger, Exception exception, string connectionId, string callback) =>
        LogHandlerThrew(logger, LogText.Escape(exception), connectionId, callback);

    [LoggerMessage(5, LogLevel.Error, "{Callback} threw an exception for connection {ConnectionId}.")]
    private static partial void LogHandlerThrew(ILogger logger, Exception exception, string connectionId, string callback);
}
