using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Scaler;

/// <summary>Logs a warning at start if the servers agree on their secret in Redis, which is meant for development.</summary>
internal sealed partial class SecretStartupLogger(
    IOptions<ScalerOptions> options, IHostEnvironment environment, ILogger<SecretStartupLogger> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Cluster.Secret is null && !environment.IsDevelopment())
        {
            LogNoSecret();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        1, LogLevel.Warning,
        "Scaler:Cluster:Secret is not set. The servers share a secret in Redis, so anyone who can read Redis can forge session ids "
        + "and messages between servers. Set the same random text of 32 characters or more on every server.")]
    private partial void LogNoSecret();
}
