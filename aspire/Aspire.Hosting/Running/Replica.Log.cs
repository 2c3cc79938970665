using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

internal sealed partial class Replica
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Id} ended with exit code {ExitCode}")]
        public static partial void Ended(ILogger logger, string id, int exitCode);

        [LoggerMessage(2, LogLevel.Error, "{Id} could not be started: {Reason}")]
        public static partial void NotStarted(ILogger logger, string id, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Id} was killed: it took too long to end")]
        public static partial void Killed(ILogger logger, string id);
    }
}
