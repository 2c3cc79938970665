namespace Scaler.Admin.Services.Live;

/// <summary>The dashboard's own connection to Redis.</summary>
/// <param name="State">Whether it answers.</param>
/// <param name="Since">Since when it has been so, as far as the dashboard saw.</param>
/// <param name="RoundTrip">How long it took to answer, when it did.</param>
/// <param name="Reason">What went wrong, when it did not: one line.</param>
public sealed record RedisLink(LinkState State, DateTimeOffset Since, TimeSpan RoundTrip = default, string? Reason = null)
{
    /// <summary>The link after a sample: <see cref="Since"/> stays while the state does.</summary>
    public RedisLink Next(LinkState state, DateTimeOffset at, TimeSpan roundTrip = default, string? reason = null) =>
        new(state, state == State ? Since : at, roundTrip, reason);
}
