using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Membership;

internal sealed partial class ClusterMembership
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Joined the cluster as {Holder}; registered {Connections} connections in {Milliseconds} ms.")]
        public static partial void Joined(ILogger logger, string holder, int connections, long milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "The lease of {Holder} was lost. All connections are being registered again.")]
        public static partial void LeaseLost(ILogger logger, string holder);

        [LoggerMessage(3, LogLevel.Warning, "The lease could not be renewed: {Reason}")]
        public static partial void CycleFailed(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Error, "An unexpected error occurred while renewing the lease. The next renewal retries.")]
        public static partial void CycleBroke(ILogger logger, Exception exception);

        [LoggerMessage(5, LogLevel.Information, "Removed the registry entries of the dead server {Holder}.")]
        public static partial void Reaped(ILogger logger, string holder);

        [LoggerMessage(
            6, LogLevel.Warning,
            "The registry contains {Registered} connections of this server, but it holds {Connections}. All connections are being registered again.")]
        public static partial void Mismatch(ILogger logger, int registered, int connections);

        [LoggerMessage(
            7, LogLevel.Warning, "The registry entries of {Holder} could not be removed; the other servers remove them: {Reason}")]
        public static partial void LeftBehind(ILogger logger, string holder, string reason);

        [LoggerMessage(8, LogLevel.Warning, "The message bus no longer delivers to {Holder}. Subscribing over a new connection.")]
        public static partial void BusDead(ILogger logger, string holder);
    }
}
