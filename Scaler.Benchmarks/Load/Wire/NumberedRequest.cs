namespace Scaler.Benchmarks.Load.Wire;

/// <summary>An encoded HTTP request with the number of a message, which is patched in place.</summary>
internal sealed class NumberedRequest(byte[] request, NumberedText text)
{
    private readonly int _offset = text.Find(request);

    /// <summary>Writes a number into the request. The request before must have been sent.</summary>
    public ReadOnlyMemory<byte> Write(long number)
    {
        NumberedText.Write(request.AsSpan(_offset), number);
        return request;
    }
}
