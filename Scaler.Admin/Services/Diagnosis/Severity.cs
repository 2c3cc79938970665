namespace Scaler.Admin.Services.Diagnosis;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>It will hurt if it goes on.</summary>
    Warning,

    /// <summary>Clients are affected now.</summary>
    Critical,
}
