using System.Net;
using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Peers;

/// <summary>
/// Another server, and the connection to it over which it is asked. There is none before the first request, and one at a time.
/// </summary>
internal sealed partial class Peer(string id, string url, ClusterLink link, string sender, HttpMessageInvoker http, ILogger logger) : IDisposable
{
    /// <summary>How long a server that would not be connected to is left alone. It may be of a version that knows no such connections.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private Task<PeerCaller?>? _connection;
    private long? _refusedAt;

    public string Url => url;

    /// <summary>The connection, which is made where there is none.</summary>
    /// <param name="path">Where the other server expects clients.</param>
    /// <returns>Null where the server would not be connected to.</returns>
    /// <exception cref="HttpRequestException">It is not there.</exception>
    public Task<PeerCaller?> ConnectAsync(string path)
    {
        lock (_lock)
        {
            if (_refusedAt is { } at && link.Time.GetElapsedTime(at) < Pause)
            {
                return Task.FromResult<PeerCaller?>(null);
            }

            if (_connection is null)
            {
                // Nothing of whoever asks first belongs to the connection, which is everybody's.
                using var flow = ExecutionContext.SuppressFlow();
                _connection = Task.Run(() => OpenAsync(path));
            }

            return _connection;
        }
    }

    public void Dispose() => _disposed.Cancel();

    private async Task<PeerCaller?> OpenAsync(string path)
    {
        HttpResponseMessage? response = null;
        var opened = false;
        try
        {
            response = await AskAsync(path);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                LogRefused(id, url, (int)response.StatusCode);
                Refused();
                return null;
            }

            var caller = new PeerCaller(await response.Content.ReadAsStreamAsync(_disposed.Token), link.Options.Cluster, link.Time);
            _ = ServeAsync(caller, response);
            opened = true;
            return caller;
        }
        catch (OperationCanceledException)
        {
            // It is there, but answers late: requests may have more patience.
            Refused();
            return null;
        }
        finally
        {
            if (!opened)
            {
                response?.Dispose();
                Forget();
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url.TrimEnd('/') + path)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new(PeerGreeting.Protocol));
        request.Headers.TryAddWithoutValidation(PeerGreeting.Name, PeerGreeting.Write(sender, id, link.Time.GetUtcNow(), link.Secret));
        using var patience = new CancellationTokenSource(link.Options.Cluster.ForwardConnectTimeout, link.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _disposed.Token);
        return await http.SendAsync(request, either.Token);
    }

    private async Task ServeAsync(PeerCaller caller, HttpResponseMessage response)
    {
        using (response)
        using (caller)
        using (_disposed.Token.UnsafeRegister(static state => ((PeerCaller)state!).Abort(), caller))
        {
            await caller.RunAsync();
            Forget();
        }
    }

    private void Refused()
    {
        lock (_lock)
        {
            _refusedAt = link.Time.GetTimestamp();
        }
    }

    private void Forget()
    {
        lock (_lock)
        {
            _connection = null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The server {Id} at {Url} does not take a connection of servers ({Status}): for now, requests go to it by HTTP one by one, which costs far more.")]
    private partial void LogRefused(string id, string url, int status);
}
