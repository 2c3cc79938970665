using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Http;

internal sealed partial class EngineDispatcher
{
    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "GenerateId threw; the handshake was refused.")]
        public static partial void GenerateIdThrew(ILogger logger, Exception exception);
    }
}
