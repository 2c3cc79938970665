namespace Scaler.Admin.Services.Live;

/// <summary>Represents the latest errors at a point in time.</summary>
/// <param name="At">The time of the snapshot.</param>
/// <param name="Errors">The errors, at most <see cref="ErrorFeed.Capacity"/>, newest first.</param>
/// <param name="Rates">The number of errors per type in the last minute.</param>
/// <param name="IsLoaded">
/// <see langword="true"/> if the stored errors have been read. Until then, an empty list does not mean that there are no errors.
/// </param>
public sealed record ErrorSnapshot(
    DateTimeOffset At, IReadOnlyList<ScalerError> Errors, IReadOnlyDictionary<string, int> Rates, bool IsLoaded)
{
    /// <summary>Gets the snapshot before the first read.</summary>
    public static ErrorSnapshot Empty { get; } = new(default, [], new Dictionary<string, int>(), false);

    /// <summary>Gets the number of errors of all types in the last minute.</summary>
    public int PerMinute => Rates.Values.Sum();
}
