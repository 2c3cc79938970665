using System.Net;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Node;
using Scaler.EngineIO;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents another server and this server's connection to it. The connection is opened by the first request; there is at most
/// one.
/// </summary>
internal sealed partial class Peer(
    string id, string url, ClusterNode node, string sender, HttpMessageInvoker http, ProvenServers proven, ILogger logger)
    : IDisposable
{
    /// <summary>
    /// The delay before the next attempt after a server refused the connection, for example because its version is too old.
    /// </summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private Task<PeerClientConnection?>? _connection;
    private (long At, long Epoch)? _refused;
    private bool _isUnprovenLogged;

    public string Url => url;

    /// <summary>Gets a value indicating whether the connection is open.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_lock)
            {
                return _connection is { IsCompletedSuccessfully: true, Result: not null };
            }
        }
    }

    /// <summary>Gets the connection, or opens one if there is none.</summary>
    /// <param name="server">The other server.</param>
    /// <param name="path">The path at which the other server accepts clients.</param>
    /// <returns>
    /// The connection, or <see langword="null"/> if the server refused it, answered too late, or did not prove its identity.
    /// </returns>
    /// <exception cref="HttpRequestException">The server is unreachable.</exception>
    public Task<PeerClientConnection?> ConnectAsync(ServerInfo server, string path)
    {
        lock (_lock)
        {
            // A restarted server refuses connections to its previous epoch. Try again once its new epoch is known.
            if (_refused is { } refused && refused.Epoch == server.Epoch && node.Time.GetElapsedTime(refused.At) < RetryDelay)
            {
                return Task.FromResult<PeerClientConnection?>(null);
            }

            if (_connection is null)
            {
                // All requests share the connection, so it must not capture the execution context of the first one.
                using var suppression = ExecutionContext.SuppressFlow();
                _connection = Task.Run(() => OpenAsync(server, path));
            }

            return _connection;
        }
    }

    public void Dispose() => _disposed.Cancel();

    private async Task<PeerClientConnection?> OpenAsync(ServerInfo server, string path)
    {
        HttpResponseMessage? response = null;
        var isOpen = false;
        try
        {
            var greeting = PeerHandshakeHeader.Write(sender, server.EpochName, node.Time.GetUtcNow(), node.Secret);
            response = await RequestUpgradeAsync(path, greeting);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                LogRefused(LogText.Escape(id), LogText.Escape(url), (int)response.StatusCode);
                MarkRefused(server);
                return null;
            }

            if (!IsProven(response, greeting, server))
            {
                MarkUnproven();
                MarkRefused(server);
                return null;
            }

            proven.Add(server);
            var caller = new PeerClientConnection(await response.Content.ReadAsStreamAsync(_disposed.Token), node.Options.Cluster, node.Time);
            _ = ServeAsync(caller, response);
            isOpen = true;
            return caller;
        }
        catch (OperationCanceledException)
        {
            // The server is reachable but slow. Requests forwarded over HTTP have a longer timeout.
            MarkRefused(server);
            return null;
        }
        finally
        {
            if (!isOpen)
            {
                response?.Dispose();
                ClearConnection();
            }
        }
    }

    private async Task<HttpResponseMessage> RequestUpgradeAsync(string path, string greeting)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url.TrimEnd('/') + path)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new(PeerHandshakeHeader.Protocol));
        request.Headers.TryAddWithoutValidation(PeerHandshakeHeader.Name, greeting);
        using var timeout = new CancellationTokenSource(node.Options.Cluster.ForwardConnectTimeout, node.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _disposed.Token);
        return await http.SendAsync(request, linked.Token);
    }

    private async Task ServeAsync(PeerClientConnection caller, HttpResponseMessage response)
    {
        using (response)
        using (caller)
        using (_disposed.Token.UnsafeRegister(static state => ((PeerClientConnection)state!).Abort(), caller))
        {
            await caller.RunAsync();
            ClearConnection();
        }
    }

    private bool IsProven(HttpResponseMessage response, string greeting, ServerInfo server) =>
        response.Headers.TryGetValues(PeerHandshakeHeader.Name, out var values)
        && PeerHandshakeHeader.IsGenuineAnswer(values.First(), greeting, server, node.Secret);

    private void MarkUnproven()
    {
        node.Metrics.ConnectionUnproven();
        if (!_isUnprovenLogged)
        {
            _isUnprovenLogged = true;
            LogUnproven(LogText.Escape(id), LogText.Escape(url));
        }
    }

    private void MarkRefused(ServerInfo server)
    {
        lock (_lock)
        {
            _refused = (node.Time.GetTimestamp(), server.Epoch);
        }
    }

    private void ClearConnection()
    {
        lock (_lock)
        {
            _connection = null;
        }
    }

    [LoggerMessage(
        1, LogLevel.Information,
        "The server {Id} at {Url} refused the peer connection (HTTP status {Status}). Requests are forwarded one by one over HTTP, which costs far more.")]
    private partial void LogRefused(string id, string url, int status);

    [LoggerMessage(
        2, LogLevel.Warning,
        "The process at {Url} did not prove that it is server {Id} of this cluster. The connection is closed, and nothing is "
        + "forwarded there.")]
    private partial void LogUnproven(string id, string url);
}
