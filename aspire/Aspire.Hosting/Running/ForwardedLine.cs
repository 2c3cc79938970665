using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

internal static partial class ForwardedLine
{
    [LoggerMessage(1, LogLevel.Information, "{Line}")]
    public static partial void Output(ILogger logger, string line);

    [LoggerMessage(2, LogLevel.Warning, "{Line}")]
    public static partial void Error(ILogger logger, string line);
}
