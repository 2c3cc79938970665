namespace Scaler.Admin.Services.Actions;

/// <summary>Specifies the outcome of an action.</summary>
public enum ActionOutcome
{
    /// <summary>The action reached all of its targets.</summary>
    Done,

    /// <summary>The action was performed, but some servers were not reached.</summary>
    Partly,

    /// <summary>No connection, or no server with a lease, matches the target.</summary>
    Nobody,

    /// <summary>The input is invalid. Nothing was sent.</summary>
    Invalid,

    /// <summary>The login is not permitted to perform the action.</summary>
    Refused,

    /// <summary>The cluster is unavailable, did not respond, or rejected the command.</summary>
    Failed,
}
