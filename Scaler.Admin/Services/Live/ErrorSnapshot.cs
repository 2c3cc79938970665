namespace Scaler.Admin.Services.Live;

/// <summary>The last errors, as of one moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Errors">At most <see cref="ErrorFeed.Capacity"/>, newest first.</param>
/// <param name="Rates">How many of each type were raised in the minute before.</param>
/// <param name="IsLoaded">Whether the errors that the cluster keeps have been read: until then, none may only mean not asked.</param>
public sealed record ErrorSnapshot(
    DateTimeOffset At, IReadOnlyList<ScalerError> Errors, IReadOnlyDictionary<string, int> Rates, bool IsLoaded)
{
    /// <summary>Nothing was read yet.</summary>
    public static ErrorSnapshot Empty { get; } = new(default, [], new Dictionary<string, int>(), false);

    /// <summary>Errors of all types in the minute before.</summary>
    public int PerMinute => Rates.Values.Sum();
}
