namespace Scaler;

/// <summary>One error event, with what is known of where it happened.</summary>
public sealed record ScalerError
{
    /// <summary>The event's name, one of <see cref="ErrorNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments, in the order that <see cref="ErrorNames"/> says. What a client sent is in them as it came: escape it before you show it.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>When it was raised.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The id of the server that raised it.</summary>
    public required string Server { get; init; }

    /// <summary>The account concerned, if any.</summary>
    public string? Account { get; init; }

    /// <summary>The public id of the connection concerned, if any.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>Whether it was raised while Redis was away, and published later.</summary>
    public bool Late { get; init; }

    /// <summary>Whether it asks for action.</summary>
    public bool IsCritical => ErrorNames.IsCritical(Name);
}
