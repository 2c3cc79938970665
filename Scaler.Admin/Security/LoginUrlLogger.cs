using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Scaler.Admin.Security;

/// <summary>Logs the login URL with the generated token after the server has bound its addresses.</summary>
internal sealed partial class LoginUrlLogger(
    AdminTokens tokens, IServer server, IHostApplicationLifetime lifetime, ILogger<LoginUrlLogger> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (tokens.GeneratedToken is { } token)
        {
            lifetime.ApplicationStarted.Register(() => Announce(token));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Announce(string token)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal);
        Log.LoginAt(logger, $"{address}{AdminSecurityExtensions.LoginPath}?t={token}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Log in to the dashboard at {Url} (set Scaler:Admin:Token for a permanent token)")]
        public static partial void LoginAt(ILogger logger, string url);
    }
}
