using System.Buffers.Text;
using System.Formats.Asn1;
using System.Text;
using System.Text.Json;

namespace Scaler;

/// <summary>
/// Detects values of <see cref="ScalerJwtOptions.SigningKey"/> that are not what they seem. A value without a PEM header is an
/// HMAC secret. If a public key, a file name or a URL became the secret, every reader of that public text could sign tokens.
/// </summary>
internal static class JwtSigningKeyShape
{
    private static readonly string[] FileExtensions =
        [".pem", ".key", ".pub", ".crt", ".cer", ".der", ".pfx", ".p12", ".json", ".jwk", ".jwks", ".txt"];

    /// <summary>Describes a value that is not meant as a secret.</summary>
    /// <returns>
    /// The description with its article, such as "a URL", or <see langword="null"/> if the value may be a secret.
    /// </returns>
    public static string? Describe(string text)
    {
        var value = text.Trim();
        if (value.Contains("BEGIN ", StringComparison.OrdinalIgnoreCase)
            && value.Contains("KEY", StringComparison.OrdinalIgnoreCase))
        {
            return @"a PEM whose header is damaged (a PEM begins with '-----BEGIN' and has line breaks, not '\n' as text)";
        }

        if (value.StartsWith("ssh-", StringComparison.Ordinal) || value.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
            || value.StartsWith("AAAAB3NzaC1", StringComparison.Ordinal)
            || value.StartsWith("AAAAE2VjZHNh", StringComparison.Ordinal)
            || value.StartsWith("AAAAC3NzaC1", StringComparison.Ordinal))
        {
            return "a public key of SSH";
        }

        if (IsJson(value))
        {
            return "JSON, such as a JWK or a JWKS";
        }

        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return "a URL, which belongs in Auth:Jwt:Authority";
        }

        if (IsPath(value))
        {
            return "a path; the content of the file is expected, not its name";
        }

        return Decode(value) is { } bytes ? DescribeDecoded(bytes) : null;
    }

    private static string? DescribeDecoded(byte[] bytes)
    {
        if (IsDer(bytes))
        {
            return "a key or certificate without its '-----BEGIN' line";
        }

        var text = Encoding.UTF8.GetString(bytes);
        return text.Contains("-----BEGIN", StringComparison.Ordinal) ? "a PEM encoded in base64"
            : IsJson(text) ? "JSON encoded in base64"
            : null;
    }

    private static bool IsJson(string text)
    {
        if (text is not ['{' or '[', ..])
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsPath(string text) =>
        text.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        || FileExtensions.Any(extension => text.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
        || File.Exists(text);

    /// <summary>
    /// Returns <see langword="true"/> if the bytes are one ASN.1 sequence, as all encoded keys and certificates are.
    /// </summary>
    private static bool IsDer(byte[] bytes)
    {
        try
        {
            var reader = new AsnReader(bytes, AsnEncodingRules.BER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            while (sequence.HasData)
            {
                _ = sequence.ReadEncodedValue();
            }

            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Decodes hexadecimal, base64 or base64url text, with or without line breaks.</summary>
    /// <returns>The bytes, or <see langword="null"/> if the text is in none of these encodings.</returns>
    private static byte[]? Decode(string text)
    {
        var compact = string.Concat(text.Where(static c => !char.IsWhiteSpace(c)));
        if (compact.Length % 2 == 0 && compact.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(compact);
        }

        var url = compact.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        return Base64Url.IsValid(url) ? Base64Url.DecodeFromChars(url) : null;
    }
}
