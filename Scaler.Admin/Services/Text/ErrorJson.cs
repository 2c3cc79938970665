using System.Text.Json;

namespace Scaler.Admin.Services.Text;

/// <summary>An error event as JSON, to paste somewhere.</summary>
public static class ErrorJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>All that is known of it, uncut.</summary>
    public static string Of(ScalerError error) => JsonSerializer.Serialize(error, Options);
}
