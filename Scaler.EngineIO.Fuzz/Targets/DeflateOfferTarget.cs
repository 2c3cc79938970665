using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>The extensions that a WebSocket client offers.</summary>
internal static class DeflateOfferTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        // A header's value is Latin-1 to Kestrel.
        var offer = Encoding.Latin1.GetString(input.Span);
        var acceptable = DeflateOffer.IsAcceptable(offer);
        Property.Holds(!acceptable || offer.Contains("permessage-deflate", StringComparison.Ordinal), "An offer of something else was taken.");
        Property.Holds(DeflateOffer.IsAcceptable("x-other; a=1," + offer) == acceptable, "Another offer in front changes an offer.");
        Property.Holds(DeflateOffer.IsAcceptable(offer + ",x-other") == acceptable, "Another offer behind changes an offer.");
        Property.Holds(DeflateOffer.IsAcceptable(offer.Replace(";", " ;\t", StringComparison.Ordinal)) == acceptable, "Spaces change an offer.");
        Property.Holds(DeflateOffer.IsAcceptable(offer + ", permessage-deflate"), "An offer hides the one behind it.");
        return acceptable ? 1 : 0;
    }
}
