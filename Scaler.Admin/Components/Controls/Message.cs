namespace Scaler.Admin.Components.Controls;

/// <summary>A message as somebody typed it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Arguments">Its arguments, as JSON.</param>
public sealed record Message(string Event, string Arguments);
