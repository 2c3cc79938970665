using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Scaler.Stream.Api;

/// <summary>A message, as clients see it. A property that is none of these is refused: a mistyped one would be lost without a word.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MessageBody
{
    private const int LongestEvent = 256;

    [Description("The event's name.")]
    [StringLength(LongestEvent, MinimumLength = 1)]
    public required string Event { get; init; }

    [Description("The event's arguments: any JSON. They reach the clients as they are, byte by byte. Default: none.")]
    public IReadOnlyList<JsonElement> Args { get; init => field = value ?? []; } = [];

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem() => Event.Length is 0 or > LongestEvent
        ? $"'event' has {Event.Length} characters; it must have 1 to {LongestEvent}."

        // A text frame that is no UTF-8 would end the connections of all that it reaches (RFC 6455 section 8.1).
        : Args.Any(arg => !Utf8.IsValid(JsonMarshal.GetRawUtf8Value(arg))) ? "'args' is no UTF-8." : null;

    /// <summary>The arguments as the sender wrote them.</summary>
    public IReadOnlyList<object?> Arguments() => [.. Args.Select(arg => new RawArgument(arg))];
}
