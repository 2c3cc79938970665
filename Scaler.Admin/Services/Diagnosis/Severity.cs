namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Specifies the severity of a finding.</summary>
public enum Severity
{
    /// <summary>The finding is informational.</summary>
    Note,

    /// <summary>Clients will be affected if the problem persists.</summary>
    Warning,

    /// <summary>Clients are affected now.</summary>
    Critical,
}
