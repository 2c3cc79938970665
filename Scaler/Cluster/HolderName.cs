using System.Globalization;

namespace Scaler;

/// <summary>
/// The name under which one life of a server holds its entries: <c>id.epoch</c>. A server that has to start again (its lease
/// was lost, Redis was emptied, it was restarted under the same id) does so under a new epoch, so what others still clean up
/// of its former life is never mixed with what it writes now.
/// </summary>
internal static class HolderName
{
    public static string Of(string id, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{id}.{epoch}");

    public static string ServerOf(string holder) => holder.LastIndexOf('.') is var dot and > 0 ? holder[..dot] : holder;
}
