using System.Text.Json;

namespace Scaler.Admin.Services.Text;

/// <summary>Serializes error events to indented JSON for the clipboard.</summary>
public static class ErrorJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Returns an error event as JSON, without truncation.</summary>
    /// <param name="error">The error event.</param>
    /// <returns>The JSON text.</returns>
    public static string Serialize(ScalerError error) => JsonSerializer.Serialize(error, Options);
}
