namespace Scaler.Admin.Components.Controls;

/// <summary>Represents a message that a user entered.</summary>
/// <param name="Event">The event name.</param>
/// <param name="Arguments">The arguments, as a JSON array.</param>
public sealed record Message(string Event, string Arguments);
