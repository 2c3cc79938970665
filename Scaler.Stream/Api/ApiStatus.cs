using System.Globalization;

namespace Scaler.Stream.Api;

/// <summary>What the API's statuses mean, in its document, and in an answer that has nothing nearer to say.</summary>
internal static class ApiStatus
{
    /// <summary>The meaning of a status, or null.</summary>
    public static string? Meaning(string status) => status switch
    {
        "200" => "It was done.",
        "400" => "Something in the request is wrong; the detail says what.",
        "401" => "The header 'Authorization: Bearer' with a key is missing, or the key is none of those configured.",
        "404" => "There is no such account, connection or path.",
        "405" => "The path has no such method.",
        "408" => "The body came too slowly.",
        "413" => $"The body is too large: {ApiOptions.Section}:{nameof(ApiOptions.MaxBodySize)} is the limit.",
        "415" => "The body must be JSON: Content-Type: application/json, without Content-Encoding.",
        "429" => $"Too many requests with this key at once: {ApiOptions.Section}:{nameof(ApiOptions.MaxConcurrentRequests)} is the limit of each server.",
        "503" => "Redis is away. Of a send, 'result' tells what was reached all the same: connections of the server that answers.",
        _ => null,
    };

    public static string? Meaning(int? status) => status is { } number ? Meaning(number.ToString(CultureInfo.InvariantCulture)) : null;
}
