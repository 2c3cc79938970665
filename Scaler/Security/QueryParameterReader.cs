using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Scaler;

/// <summary>
/// Reads a query parameter by its exact name. <see cref="HttpRequest.Query"/> builds a dictionary of all parameters and ignores
/// case, so that <c>ACCOUNT</c> would match <c>account</c>.
/// </summary>
internal static class QueryParameterReader
{
    private static readonly StringValues Undecodable = new(new string?[] { null });

    /// <summary>
    /// Returns the values of a parameter. A value that is not valid percent-encoded UTF-8 is <see langword="null"/>: decoding
    /// it leniently would read <c>%FF</c> and <c>%25FF</c> as the same name.
    /// </summary>
    public static StringValues Read(QueryString query, string name)
    {
        var values = StringValues.Empty;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                values = StringValues.Concat(
                    values, IsUtf8(pair.EncodedValue.Span) ? pair.DecodeValue().ToString() : Undecodable);
            }
        }

        return values;
    }

    private static bool IsUtf8(ReadOnlySpan<char> encoded)
    {
        if (!encoded.Contains('%'))
        {
            return Ascii.IsValid(encoded);
        }

        Span<byte> bytes = encoded.Length <= 512 ? stackalloc byte[512] : new byte[encoded.Length];
        var count = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                if (!char.IsAscii(encoded[i]))
                {
                    return false;
                }

                bytes[count++] = (byte)encoded[i];
            }
            else if (i + 2 < encoded.Length && byte.TryParse(
                encoded.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
            {
                count++;
                i += 2;
            }
            else
            {
                return false;
            }
        }

        return Utf8.IsValid(bytes[..count]);
    }
}
