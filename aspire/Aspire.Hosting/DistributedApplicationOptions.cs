namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: how an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>Whether to do without the dashboard; false by default.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether plain HTTP is allowed. It is all that is offered here, so nothing depends on it.</summary>
    public bool AllowUnsecuredTransport { get; set; }
}
