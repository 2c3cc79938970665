using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Describes in words why a probe failed. The texts contain no URL and no header.</summary>
internal static class ProbeFailure
{
    public const string InvalidUrl = "the URL is not an absolute http or https URL without a path, query and user information";

    public static string FromTimeout(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.##} s");

    /// <summary>Describes a response that does not prove that a server of this cluster has answered.</summary>
    public static string FromStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden =>
            "HTTP 403: not a server of this cluster, its Cluster:Secret differs, or its clock is more than a minute off",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"HTTP {(int)status}: not a server of this cluster, or its Path differs"),
    };

    /// <summary>Describes an answer of another server.</summary>
    public static string FromServer(string server) => $"answered by another server, {server}";

    /// <summary>Describes an answer of a process that has the ID of the server, but an earlier epoch.</summary>
    public static string FromEarlierEpoch(string server) => $"answered by another process with the id {server}";

    /// <summary>Describes an error of a request that got no response.</summary>
    public static string FromException(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host name cannot be resolved",
        HttpRequestError.SecureConnectionError =>
            "the TLS handshake failed: is the certificate trusted, and does it name this host?",
        HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse => "the answer is not HTTP",
        _ => FindSocketError(exception) switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "the host name cannot be resolved",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to the host",
            SocketError.TimedOut => "the connection timed out",
            SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was closed",
            _ => "the connection failed",
        },
    };

    private static SocketError? FindSocketError(Exception? exception)
    {
        while (exception is not null and not SocketException)
        {
            exception = exception.InnerException;
        }

        return (exception as SocketException)?.SocketErrorCode;
    }
}
