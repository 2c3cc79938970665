namespace Scaler.Admin.Services.Actions;

/// <summary>How an action ended.</summary>
public enum ActionOutcome
{
    /// <summary>It reached all that it was meant for.</summary>
    Done,

    /// <summary>It was done, but some servers were not reached.</summary>
    Partly,

    /// <summary>Nobody is connected.</summary>
    Nobody,

    /// <summary>What was asked for makes no sense; nothing was sent.</summary>
    Invalid,

    /// <summary>Whoever asked may not.</summary>
    Refused,

    /// <summary>The cluster could not be asked.</summary>
    Failed,
}
