namespace Scaler;

/// <summary>Represents one manual operation on the cluster, or an attempt at one.</summary>
/// <param name="At">The time of the operation.</param>
/// <param name="Who">The operator, as display text.</param>
/// <param name="What">The operation, as display text.</param>
/// <param name="Target">The target of the operation, as display text.</param>
/// <param name="Outcome">The outcome, as a single word.</param>
/// <param name="Result">The details of the outcome, as display text.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string What, string Target, string Outcome, string Result);
