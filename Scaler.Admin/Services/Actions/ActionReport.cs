namespace Scaler.Admin.Services.Actions;

/// <summary>Represents the result of an action.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">The message to display.</param>
/// <param name="Result">The connections and servers reached, or <see langword="null"/> if nothing was sent.</param>
public sealed record ActionReport(ActionOutcome Outcome, string Message, SendResult? Result = null);
