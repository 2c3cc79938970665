using System.Net;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Probes other servers with requests to the URLs that they advertise. The answer proves the identity of the server.
/// </summary>
internal sealed class ReachabilityProber(ClusterNode node, PeerTable peers, ProvenServers proven) : IDisposable
{
    private readonly TimeSpan _timeout = node.Options.Cluster.ForwardConnectTimeout * 2;
    private readonly string _path = node.Options.Path;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = node.Options.Cluster.ForwardConnectTimeout,
        SslOptions = ServerTls.CreateOptions(node.Options.Cluster),
    });

    /// <summary>Probes a server. An open peer connection replaces the probe.</summary>
    /// <returns>The reason why the server is not reachable, or <see langword="null"/> if it is.</returns>
    public async Task<string?> ProbeAsync(ServerInfo server, CancellationToken cancellationToken)
    {
        if (server.Url is not { } url || !ServerUrl.IsValid(url))
        {
            return ProbeFailure.InvalidUrl;
        }

        if (peers.IsConnected(server.Id, url))
        {
            proven.Add(server);
            return null;
        }

        using var timeout = new CancellationTokenSource(_timeout, node.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var failure = await SendAsync(server, url, ending.Token);
            if (failure is null)
            {
                proven.Add(server);
            }

            return failure;
        }
        catch (HttpRequestException exception)
        {
            return ProbeFailure.FromException(exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeFailure.FromTimeout(timeout.IsCancellationRequested ? _timeout : _timeout / 2);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> SendAsync(ServerInfo server, string url, CancellationToken cancellationToken)
    {
        var probe = ProbeHeader.WriteProbe(node.Time.GetUtcNow(), node.Secret);
        using var request = new HttpRequestMessage(HttpMethod.Get, url.TrimEnd('/') + _path)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        // A pooled connection would prove only that the server was reachable before.
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation(ProbeHeader.Name, probe);
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.Headers.TryGetValues(ProbeHeader.Name, out var values)
            || !ProbeHeader.TryReadAnswer(values.First(), probe, node.Secret, out var id, out var epoch))
        {
            return ProbeFailure.FromStatus(response.StatusCode);
        }

        return id != server.Id ? ProbeFailure.FromServer(id)
            : epoch < server.Epoch ? ProbeFailure.FromEarlierEpoch(id)
            : null;
    }
}
