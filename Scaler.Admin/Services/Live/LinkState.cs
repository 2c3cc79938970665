namespace Scaler.Admin.Services.Live;

/// <summary>Whether Redis answers the dashboard.</summary>
public enum LinkState
{
    /// <summary>Not asked yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Up,

    /// <summary>It does not.</summary>
    Down,
}
