using Microsoft.Extensions.Hosting;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Closes connections whose permission has ended. One timer looks at all of them each second: none of their own, and nothing to undo for the many
/// that leave before their time.
/// </summary>
internal sealed class IdentityExpiry(ScalerServer server, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Nobody else could say when a permission ends.
        var options = server.Options;
        if (options.Auth.CloseAtExpiry && (options.Auth.Mode == ScalerAuthMode.Jwt || options.AuthorizeAsync is not null))
        {
            _timer = time.CreateTimer(static state => ((IdentityExpiry)state!).CloseExpired(), this, Interval, Interval);
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
        // The clock of a token's issuer may be behind, as it may when the token is first looked at.
        var now = time.GetUtcNow();
        var ended = server.Options.Auth.Mode == ScalerAuthMode.Jwt ? now - server.Options.Auth.Jwt.ClockSkew : now;
        foreach (var connection in server.Local.All())
        {
            if (connection.Identity.ExpiresAt <= ended)
            {
                connection.BeginClose(EngineCloseReason.Forbidden, "token expired");
            }
        }
    }
}
