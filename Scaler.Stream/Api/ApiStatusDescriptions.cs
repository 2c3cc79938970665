using System.Globalization;

namespace Scaler.Stream.Api;

/// <summary>
/// Provides the descriptions of the API's status codes, for the OpenAPI document and for problem details without a specific
/// detail.
/// </summary>
internal static class ApiStatusDescriptions
{
    /// <summary>Returns the description of a status code, or <see langword="null"/> if the API does not define one.</summary>
    public static string? GetDescription(string status) => status switch
    {
        "200" => "The request succeeded.",
        "400" => "The request is not valid; 'detail' describes the error.",
        "401" => "The header 'Authorization: Bearer' with a key is missing, or the key is not configured.",
        "404" => "There is no such account, connection, server or path.",
        "405" => "The path has no such method.",
        "408" => "The body was sent too slowly.",
        "409" => "The server is about to stop.",
        "413" => $"The body is too large: {ApiOptions.Section}:{nameof(ApiOptions.MaxBodySize)} is the limit.",
        "415" => "The body must be JSON: Content-Type: application/json, without Content-Encoding.",
        "429" => "Too many concurrent requests with this key: "
            + $"{ApiOptions.Section}:{nameof(ApiOptions.MaxConcurrentRequests)} is the limit on each server.",
        "503" => "Redis is unavailable. After a send, 'result' has the number of connections that the responding server reached.",
        "504" => "The server did not answer in time; the request may take effect or not.",
        _ => null,
    };

    public static string? GetDescription(int? status) =>
        status is { } number ? GetDescription(number.ToString(CultureInfo.InvariantCulture)) : null;
}
