namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Negotiates permessage-deflate (RFC 7692 section 7).</summary>
internal static class DeflateNegotiation
{
    /// <summary>
    /// The response to an accepted offer. Each message is compressed independently, so a connection keeps no compressor
    /// between messages.
    /// </summary>
    public const string AcceptedExtension = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /// <summary>Returns a value indicating whether <c>Sec-WebSocket-Extensions</c> contains an acceptable offer.</summary>
    public static bool IsAcceptable(ReadOnlySpan<char> extensions)
    {
        foreach (var range in extensions.Split(','))
        {
            if (IsAcceptableOffer(extensions[range]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAcceptableOffer(ReadOnlySpan<char> offer)
    {
        var nameRead = false;
        var hasWindowBits = false;
        foreach (var range in offer.Split(';'))
        {
            var part = offer[range].Trim();
            if (!nameRead)
            {
                nameRead = true;
                if (!part.Equals("permessage-deflate", StringComparison.Ordinal))
                {
                    return false;
                }

                continue;
            }

            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            var value = equals < 0 ? default : part[(equals + 1)..].Trim().Trim('"');
            switch (name)
            {
                case "server_no_context_takeover" or "client_no_context_takeover" when equals < 0:
                    break;
                case "client_max_window_bits" when !hasWindowBits && (equals < 0 || IsWindowBits(value)):
                    hasWindowBits = true;
                    break;
                // The compressor cannot use a smaller window. The client may list another offer without this parameter.
                case "server_max_window_bits" when value is "15":
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    // 8 to 15, without a leading zero (RFC 7692 section 7.1.2.2).
    private static bool IsWindowBits(ReadOnlySpan<char> value) =>
        value.Length == 1 ? value[0] is '8' or '9' : value.Length == 2 && value[0] == '1' && value[1] is >= '0' and <= '5';
}
