namespace Scaler.Admin.Services.Live;

/// <summary>Represents the state of the dashboard's connection to Redis.</summary>
/// <param name="State">The state.</param>
/// <param name="Since">The time of the first sample with this state.</param>
/// <param name="RoundTrip">The round-trip time, if Redis responds.</param>
/// <param name="Reason">The reason for the outage in one line, if Redis does not respond.</param>
public sealed record RedisStatus(RedisState State, DateTimeOffset Since, TimeSpan RoundTrip = default, string? Reason = null)
{
    /// <summary>Creates the state after a sample. <see cref="Since"/> is preserved if the state is unchanged.</summary>
    /// <param name="state">The state.</param>
    /// <param name="at">The time of the sample.</param>
    /// <param name="roundTrip">The round-trip time, if Redis responds.</param>
    /// <param name="reason">The reason for the outage, if Redis does not respond.</param>
    /// <returns>The new state.</returns>
    public RedisStatus Next(RedisState state, DateTimeOffset at, TimeSpan roundTrip = default, string? reason = null) =>
        new(state, state == State ? Since : at, roundTrip, reason);
}
