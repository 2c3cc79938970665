using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Peers;

/// <summary>
/// An answer on its way back, as its parts come: <c>status headers body</c>. What it holds is memory of the shared pool.
/// </summary>
internal sealed class PeerAnswer : IDisposable
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Writes what stands before the body.</summary>
    public static void WriteHead(IBufferWriter<byte> writer, int status, IHeaderDictionary headers)
    {
        PeerText.Write(writer, status);
        PeerText.Write(writer, headers);
    }

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

    /// <summary>Reads the status and the headers into a response.</summary>
    /// <returns>The body, which is there until this is disposed of.</returns>
    /// <exception cref="InvalidDataException">It is no answer.</exception>
    public ReadOnlyMemory<byte> ReadInto(HttpResponse response)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(0, _length);
        response.StatusCode = PeerText.ReadNumber(ref rest);
        PeerText.ReadHeaders(ref rest, response.Headers);
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
