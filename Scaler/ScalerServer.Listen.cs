using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Scaler;

public sealed partial class ScalerServer
{
    private WebApplication? _app;

    /// <summary>
    /// Gets the addresses that the server listens on, or an empty collection before
    /// <see cref="ListenAsync(int, CancellationToken)"/> has completed.
    /// </summary>
    public IReadOnlyCollection<string> Addresses => _app is null ? [] : [.. _app.Urls];

    /// <summary>Starts listening for HTTP on a port of all interfaces.</summary>
    /// <param name="port">The port, or 0 for a free port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that completes when the server listens.</returns>
    /// <exception cref="InvalidOperationException">The server is already listening.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public Task ListenAsync(int port, CancellationToken cancellationToken = default) =>
        ListenAsync(kestrel => kestrel.ListenAnyIP(port), cancellationToken);

    /// <summary>Starts listening on an http URL, such as <c>http://127.0.0.1:8080</c>.</summary>
    /// <param name="url">The URL. A host that is neither an IP address nor <c>localhost</c> means all interfaces.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that completes when the server listens.</returns>
    /// <exception cref="ArgumentException">The scheme of <paramref name="url"/> is not http.</exception>
    /// <exception cref="InvalidOperationException">The server is already listening.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public Task ListenAsync(string url, CancellationToken cancellationToken = default)
    {
        var address = BindingAddress.Parse(url);
        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The scheme of '{url}' is not http. To use TLS, call the overload that configures Kestrel.", nameof(url));
        }

        return ListenAsync(
            kestrel =>
            {
                if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
                {
                    kestrel.Listen(ip, address.Port);
                }
                else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
                {
                    kestrel.ListenLocalhost(address.Port);
                }
                else
                {
                    kestrel.ListenAnyIP(address.Port);
                }
            },
            cancellationToken);
    }

    /// <summary>Starts listening as configured by Kestrel options, for example with several endpoints, TLS or limits.</summary>
    /// <param name="configure">The callback that configures Kestrel.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that completes when the server listens.</returns>
    /// <exception cref="InvalidOperationException">The server is already listening.</exception>
    /// <exception cref="IOException">A port is in use.</exception>
    public async Task ListenAsync(Action<KestrelServerOptions> configure, CancellationToken cancellationToken = default)
    {
        if (_app is not null)
        {
            throw new InvalidOperationException("The server is already listening.");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new ServerLoggerProvider(Loggers));
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.ConfigureKestrel(configure);
        builder.Services.AddScaler(this);
        var app = builder.Build();
        app.MapScaler();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _app = app;
    }

    private async Task StopListeningAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
