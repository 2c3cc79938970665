using System.Globalization;

namespace Scaler.Admin.Services.Live;

/// <summary>What tells one error event from another: they have no id, but no two agree in all of this.</summary>
internal static class ErrorKey
{
    public static string Of(ScalerError error) => string.Create(
        CultureInfo.InvariantCulture,
        $"{error.At.UtcTicks}\0{error.Name}\0{error.Server}\0{error.Account}\0{error.ConnectionId}\0{string.Join('\0', error.Arguments)}");
}
