using Microsoft.Extensions.Hosting;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Closes connections whose authorization has expired. One timer checks all connections every second. This avoids a timer per
/// connection, which would have to be cancelled for each connection that closes before its expiry.
/// </summary>
internal sealed class ExpiredSessionCloser(LocalAccounts local, ScalerOptions options, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Only tokens and the application's callback set an expiry.
        if (options.Auth.CloseAtExpiry && (options.Auth.Mode == ScalerAuthMode.Jwt || options.AuthorizeAsync is not null))
        {
            _timer = time.CreateTimer(static state => ((ExpiredSessionCloser)state!).CloseExpired(), this, Interval, Interval);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void CloseExpired()
    {
        // Allow the same clock skew as the validation of the token.
        var now = time.GetUtcNow();
        var cutoff = options.Auth.Mode == ScalerAuthMode.Jwt ? now - options.Auth.Jwt.ClockSkew : now;
        foreach (var connection in local.GetConnections())
        {
            if (connection.Identity.ExpiresAt <= cutoff)
            {
                connection.BeginClose(EngineCloseReason.Forbidden, "token expired");
            }
        }
    }
}
