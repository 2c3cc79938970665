using System.Globalization;

namespace Scaler;

/// <summary>
/// Formats and parses the name of a server epoch: <c>id.epoch</c>. All registry entries of a server belong to its current epoch.
/// A server begins a new epoch if it lost its lease, if Redis was emptied, or if it was restarted under the same ID. Other
/// servers may still be removing the entries of the previous epoch; the new name keeps these entries apart from the new ones.
/// </summary>
internal static class ServerEpochName
{
    public static string Format(string id, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{id}.{epoch}");

    public static string GetServerId(string holder) => holder.LastIndexOf('.') is var dot and > 0 ? holder[..dot] : holder;

    public static long GetEpoch(string holder) =>
        long.TryParse(holder.AsSpan(holder.LastIndexOf('.') + 1), CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;
}
