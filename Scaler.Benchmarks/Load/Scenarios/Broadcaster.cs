using System.Text;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Posts numbered messages to the first server of a group, which broadcasts them to all connections.</summary>
internal sealed class Broadcaster : IDisposable
{
    private readonly ServerKind _kind;
    private readonly HttpConnection _http;
    private readonly NumberedRequest _request;

    private Broadcaster(ServerKind kind, HttpConnection http, NumberedText text)
    {
        _kind = kind;
        _http = http;
        _request = new NumberedRequest(Encode(kind, text.Template), text);
    }

    public static async Task<Broadcaster> OpenAsync(ServerGroup group, NumberedText text, CancellationToken cancellationToken) =>
        new(group.Kind, await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken), text);

    /// <summary>Returns the request that broadcasts a text.</summary>
    public static byte[] Encode(ServerKind kind, string text) => HttpConnection.Post(
        kind.BroadcastPath, kind.CreateBroadcastBody(text), kind.BroadcastHeaders is "" ? "Content-Type: text/plain;charset=UTF-8\r\n" : kind.BroadcastHeaders);

    /// <summary>Posts the message with the given number.</summary>
    /// <exception cref="IOException">The server has rejected the request or closed the connection.</exception>
    public async Task PostAsync(long number)
    {
        var (status, body) = await _http.SendAsync(_request.Write(number));
        if (status >= 300)
        {
            throw new IOException(
                $"{_kind.Name}: broadcast {number} was answered with {status} {Encoding.UTF8.GetString(body.Span)}");
        }
    }

    public void Dispose() => _http.Dispose();
}
