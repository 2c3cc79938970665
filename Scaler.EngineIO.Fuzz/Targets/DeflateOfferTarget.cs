using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the parsing of the extensions that a WebSocket client offers.</summary>
internal static class DeflateOfferTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        // Latin-1 keeps each byte as one character.
        var offer = Encoding.Latin1.GetString(input.Span);
        var acceptable = DeflateNegotiation.IsAcceptable(offer);
        Invariant.Require(
            !acceptable || offer.Contains("permessage-deflate", StringComparison.Ordinal),
            "An offer of another extension was accepted.");
        Invariant.Require(DeflateNegotiation.IsAcceptable("x-other; a=1," + offer) == acceptable, "A preceding offer changes the result.");
        Invariant.Require(DeflateNegotiation.IsAcceptable(offer + ",x-other") == acceptable, "A following offer changes the result.");
        Invariant.Require(
            DeflateNegotiation.IsAcceptable(offer.Replace(";", " ;\t", StringComparison.Ordinal)) == acceptable,
            "Whitespace changes the result.");
        Invariant.Require(DeflateNegotiation.IsAcceptable(offer + ", permessage-deflate"), "A preceding offer hides a valid one.");
        return acceptable ? 1 : 0;
    }
}
