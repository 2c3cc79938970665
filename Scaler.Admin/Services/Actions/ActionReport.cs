namespace Scaler.Admin.Services.Actions;

/// <summary>What came of an action.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">In words.</param>
/// <param name="Result">What was reached, if it came so far.</param>
public sealed record ActionReport(ActionOutcome Outcome, string Message, SendResult? Result = null);
