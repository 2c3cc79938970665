namespace Scaler.Admin.Services.Actions;

/// <summary>One thing that somebody did through the dashboard, or tried to.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who: role, address and a short id of the login.</param>
/// <param name="What">What, in words.</param>
/// <param name="Target">To whom: an account, or all.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Result">What came of it, in words.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string What, string Target, ActionOutcome Outcome, string Result);
