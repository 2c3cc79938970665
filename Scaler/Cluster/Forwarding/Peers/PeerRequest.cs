using System.Buffers;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents a request that is forwarded to another server: <c>method scheme base path query client trace user headers
/// body</c>. The method is <c>G</c> (GET) or <c>P</c> (POST). The base is the path base. The client is the client's address.
/// The trace is the ID of the current trace activity. The user is a <see cref="ForwardedUser"/>. The body is the rest of the
/// content.
/// </summary>
internal sealed class PeerRequest : IHttpRequestFeature
{
    /// <summary>
    /// The maximum length of a body, in bytes. Longer or incomplete bodies are streamed over HTTP, so that they do not delay
    /// other requests on the connection.
    /// </summary>
    public const int MaxBodyLength = 64 * 1024;

    public string Protocol { get; set; } = "HTTP/1.1";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    /// <summary>Gets the address of the client, or <see langword="null"/> if it is unknown.</summary>
    public IPAddress? Client { get; private init; }

    /// <summary>Gets the encoded user that the first server authenticated; empty if there is none.</summary>
    public string User { get; private init; } = "";

    /// <summary>Gets the ID of the trace activity that the request belongs to; empty if there is none.</summary>
    public string Trace { get; private init; } = "";

    /// <summary>Writes a request and its body.</summary>
    public static void Write(IBufferWriter<byte> writer, HttpContext context, in ReadOnlySequence<byte> body)
    {
        var request = context.Request;
        writer.Write(HttpMethods.IsGet(request.Method) ? "G"u8 : "P"u8);
        PeerFrameEncoding.Write(writer, request.Scheme);
        PeerFrameEncoding.Write(writer, request.PathBase.Value);
        PeerFrameEncoding.Write(writer, request.Path.Value);
        PeerFrameEncoding.Write(writer, context.Features.Get<ISessionIdFeature>()?.QueryString ?? request.QueryString.Value);
        PeerFrameEncoding.Write(writer, context.Connection.RemoteIpAddress?.ToString());
        PeerFrameEncoding.Write(writer, Activity.Current?.Id);
        PeerFrameEncoding.Write(writer, ForwardedUser.Encode(context));
        PeerFrameEncoding.Write(writer, request.Headers);
        foreach (var part in body)
        {
            writer.Write(part.Span);
        }
    }

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidDataException">The request is malformed.</exception>
    public static PeerRequest Read(ReadOnlySpan<byte> content)
    {
        var rest = content.Length > 0 ? content[1..] : content;
        var (scheme, pathBase) = (PeerFrameEncoding.ReadText(ref rest), PeerFrameEncoding.ReadText(ref rest));
        var (path, query) = (PeerFrameEncoding.ReadText(ref rest), PeerFrameEncoding.ReadText(ref rest));
        var (client, trace) = (PeerFrameEncoding.ReadText(ref rest), PeerFrameEncoding.ReadText(ref rest));
        var user = PeerFrameEncoding.ReadText(ref rest);
        var headers = new HeaderDictionary();
        PeerFrameEncoding.ReadHeaders(ref rest, headers);
        return new PeerRequest
        {
            Method = content[0] == (byte)'G' ? HttpMethods.Get : HttpMethods.Post,
            Scheme = scheme,
            PathBase = pathBase,
            Path = path,
            QueryString = query,
            RawTarget = pathBase + path + query,
            Client = IPAddress.TryParse(client, out var address) ? address : null,
            Trace = trace,
            User = user,
            Headers = headers,
            Body = rest.IsEmpty ? Stream.Null : new MemoryStream(rest.ToArray(), writable: false),
        };
    }
}
