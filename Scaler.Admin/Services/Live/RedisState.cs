namespace Scaler.Admin.Services.Live;

/// <summary>Specifies the state of the dashboard's connection to Redis.</summary>
public enum RedisState
{
    /// <summary>No sample has completed yet.</summary>
    Unknown,

    /// <summary>Redis responds.</summary>
    Up,

    /// <summary>Redis does not respond.</summary>
    Down,
}
