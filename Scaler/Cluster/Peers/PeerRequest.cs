using System.Buffers;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.Cluster.Peers;

/// <summary>
/// A request as it goes from the server that it came to, to the one that it is for: <c>method scheme path query client trace headers
/// body</c>. The method is <c>G</c> or <c>P</c>, the client its address, the trace that of which the request is a part, and the body all that is left.
/// </summary>
internal sealed class PeerRequest : IHttpRequestFeature
{
    /// <summary>
    /// The most bytes of a body. Larger ones, and those that have not come whole, are streamed: nobody waits behind them here.
    /// </summary>
    public const int MostBody = 64 * 1024;

    public string Protocol { get; set; } = "HTTP/1.1";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    /// <summary>The address of the client; null where it has none.</summary>
    public IPAddress? Client { get; private init; }

    /// <summary>The scheme by which the client came.</summary>
    public string ClientScheme { get; private init; } = "";

    /// <summary>What the request is a part of.</summary>
    public string Trace { get; private init; } = "";

    public static void Write(IBufferWriter<byte> writer, HttpContext context, in ReadOnlySequence<byte> body)
    {
        var request = context.Request;
        writer.Write(HttpMethods.IsGet(request.Method) ? "G"u8 : "P"u8);
        PeerText.Write(writer, request.Scheme);
        PeerText.Write(writer, (request.PathBase + request.Path).Value);
        PeerText.Write(writer, request.QueryString.Value);
        PeerText.Write(writer, context.Connection.RemoteIpAddress?.ToString());
        PeerText.Write(writer, Activity.Current?.Id);
        PeerText.Write(writer, request.Headers);
        foreach (var part in body)
        {
            writer.Write(part.Span);
        }
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PeerRequest Read(ReadOnlySpan<byte> content)
    {
        var rest = content.Length > 0 ? content[1..] : content;
        var (scheme, path, query) = (PeerText.ReadText(ref rest), PeerText.ReadText(ref rest), PeerText.ReadText(ref rest));
        var (client, trace) = (PeerText.ReadText(ref rest), PeerText.ReadText(ref rest));
        var headers = new HeaderDictionary();
        PeerText.ReadHeaders(ref rest, headers);
        return new PeerRequest
        {
            Method = content[0] == (byte)'G' ? HttpMethods.Get : HttpMethods.Post,
            Scheme = scheme,
            ClientScheme = scheme,
            Path = path,
            QueryString = query,
            RawTarget = path + query,
            Client = IPAddress.TryParse(client, out var address) ? address : null,
            Trace = trace,
            Headers = headers,
            Body = rest.IsEmpty ? Stream.Null : new MemoryStream(rest.ToArray(), writable: false),
        };
    }
}
