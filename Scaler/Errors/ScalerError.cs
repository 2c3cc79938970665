using System.Text.Json.Serialization;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Represents an error event with its context.</summary>
public sealed record ScalerError
{
    /// <summary>Gets the name of the event, one of <see cref="ErrorNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Gets the arguments in the order that <see cref="ErrorNames"/> documents. Text of clients is escaped as by
    /// <see cref="LogText.Escape(string?, int)"/>, except the account name. Encode it for HTML before display.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Gets the time at which the event was raised.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the id of the server that raised the event.</summary>
    public required string Server { get; init; }

    /// <summary>Gets the name of the affected account, if any.</summary>
    public string? Account { get; init; }

    /// <summary>Gets the public id of the affected connection, if any.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>
    /// Gets the exception with its stack, if application code threw one. It is available on the server that raised the event, and
    /// is not published to the cluster.
    /// </summary>
    [JsonIgnore]
    public Exception? Exception { get; init; }

    /// <summary>Gets a value indicating whether the event was raised while Redis was unavailable and published later.</summary>
    public bool Late { get; init; }

    /// <summary>Gets a value indicating whether the event requires action by an operator.</summary>
    public bool IsCritical => ErrorNames.IsCritical(Name);
}
