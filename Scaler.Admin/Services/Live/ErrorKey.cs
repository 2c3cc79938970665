using System.Globalization;

namespace Scaler.Admin.Services.Live;

/// <summary>Creates keys that identify error events. Events have no id, but the combination of these fields is unique.</summary>
internal static class ErrorKey
{
    public static string Create(ScalerError error) => string.Create(
        CultureInfo.InvariantCulture,
        $"{error.At.UtcTicks}\0{error.Name}\0{error.Server}\0{error.Account}\0{error.ConnectionId}\0{string.Join('\0', error.Arguments)}");
}
