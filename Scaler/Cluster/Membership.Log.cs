using Microsoft.Extensions.Logging;

namespace Scaler.Cluster;

internal sealed partial class Membership
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Joined the cluster as {Holder}; registered {Connections} connections in {Milliseconds} ms.")]
        public static partial void Joined(ILogger logger, string holder, int connections, long milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "The lease of {Holder} is gone; everything is registered again.")]
        public static partial void LeaseLost(ILogger logger, string holder);

        [LoggerMessage(3, LogLevel.Warning, "The lease was not renewed: {Reason}")]
        public static partial void TurnFailed(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Error, "Renewing the lease met something unexpected; the next turn tries again.")]
        public static partial void TurnBroke(ILogger logger, Exception exception);

        [LoggerMessage(5, LogLevel.Information, "Removed what the dead server {Holder} had left in the registry.")]
        public static partial void Reaped(ILogger logger, string holder);

        [LoggerMessage(6, LogLevel.Warning, "The registry has {Registered} connections of this server, which holds {Connections}; everything is registered again.")]
        public static partial void Mismatch(ILogger logger, int registered, int connections);

        [LoggerMessage(7, LogLevel.Warning, "The entries of {Holder} are left to the other servers: {Reason}")]
        public static partial void LeftBehind(ILogger logger, string holder, string reason);

        [LoggerMessage(8, LogLevel.Warning, "The bus does not bring what is sent to {Holder}; listening over a new connection.")]
        public static partial void BusDead(ILogger logger, string holder);
    }
}
