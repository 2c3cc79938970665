using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    private static partial class Log
    {
        [LoggerMessage(31, LogLevel.Error, "The WebSocket of connection {ConnectionId} failed.")]
        public static partial void Failed(ILogger logger, Exception exception, string? connectionId);
    }
}
