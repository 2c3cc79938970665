using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Collects the parts of a response from another server: <c>status headers body</c>. Its memory is rented from the shared pool.
/// </summary>
internal sealed class PeerResponseBuffer : IDisposable
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Writes the status and the headers.</summary>
    public static void WriteHeader(IBufferWriter<byte> writer, int status, IHeaderDictionary headers)
    {
        PeerFrameEncoding.Write(writer, status);
        PeerFrameEncoding.Write(writer, headers);
    }

    /// <summary>Appends a part of the response.</summary>
    public void Append(in ReadOnlySequence<byte> part)
    {
        var length = checked(_length + (int)part.Length);
        if (length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _bytes.Length * 2));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            Dispose();
            _bytes = larger;
        }

        part.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }

    /// <summary>Copies the status and the headers to an HTTP response.</summary>
    /// <returns>The body. It is valid until this object is disposed.</returns>
    /// <exception cref="InvalidDataException">The response is malformed.</exception>
    public ReadOnlyMemory<byte> ReadInto(HttpResponse response)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(0, _length);
        response.StatusCode = PeerFrameEncoding.ReadNumber(ref rest);
        PeerFrameEncoding.ReadHeaders(ref rest, response.Headers);
        return _bytes.AsMemory(_length - rest.Length, rest.Length);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
