using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Scaler.Stream.Api;

/// <summary>
/// Represents a message to send to clients. Unknown properties are rejected, because a misspelled property would otherwise be
/// ignored silently.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MessageBody
{
    private const int MaxEventLength = 256;

    [Description("The event name.")]
    [StringLength(MaxEventLength, MinimumLength = 1)]
    public required string Event { get; init; }

    [Description("The arguments of the event, any JSON values. Clients receive them byte for byte. Default: none.")]
    public IReadOnlyList<JsonElement> Args { get; init => field = value ?? []; } = [];

    /// <summary>Validates the message.</summary>
    /// <returns>A description of the error, or <see langword="null"/> if the message is valid.</returns>
    public string? Validate() => Event.Length is 0 or > MaxEventLength
        ? $"'event' has {Event.Length} characters; it must have 1 to {MaxEventLength}."

        // A client must fail the connection when it receives a text frame with invalid UTF-8 (RFC 6455 section 8.1).
        : Args.Any(arg => !Utf8.IsValid(JsonMarshal.GetRawUtf8Value(arg))) ? "'args' is not valid UTF-8." : null;

    /// <summary>Returns the arguments with the JSON text of the sender.</summary>
    public IReadOnlyList<object?> GetArguments() => [.. Args.Select(arg => new RawJsonArgument(arg))];
}
