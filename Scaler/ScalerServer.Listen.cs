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

    /// <summary>The addresses that it listens on, once it does.</summary>
    public IReadOnlyCollection<string> Addresses => _app is null ? [] : [.. _app.Urls];

    /// <summary>Listens on a port of all interfaces, as a plain HTTP server does; completes when it listens.</summary>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public Task ListenAsync(int port, CancellationToken cancellationToken = default) =>
        ListenAsync(kestrel => kestrel.ListenAnyIP(port), cancellationToken);

    /// <summary>Listens on a URL, such as <c>http://127.0.0.1:8080</c>; completes when it listens.</summary>
    public Task ListenAsync(string url, CancellationToken cancellationToken = default)
    {
        var address = BindingAddress.Parse(url);
        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{url}' needs a certificate: give Kestrel's options instead of a URL.", nameof(url));
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

    /// <summary>Listens as Kestrel's options say: several endpoints, TLS, limits. Completes when it listens.</summary>
    /// <exception cref="InvalidOperationException">It listens already.</exception>
    public async Task ListenAsync(Action<KestrelServerOptions> configure, CancellationToken cancellationToken = default)
    {
        if (_app is not null)
        {
            throw new InvalidOperationException("The server listens already.");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
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
