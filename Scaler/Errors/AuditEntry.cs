namespace Scaler;

/// <summary>One thing that somebody did to the cluster by hand, or tried to.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who, in words.</param>
/// <param name="What">What, in words.</param>
/// <param name="Target">To whom, in words.</param>
/// <param name="Outcome">How it ended, in a word.</param>
/// <param name="Result">What came of it, in words.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string What, string Target, string Outcome, string Result);
