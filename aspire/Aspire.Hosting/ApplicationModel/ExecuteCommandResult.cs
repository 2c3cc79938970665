namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: how a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it did what was asked.</summary>
    public required bool Success { get; init; }

    /// <summary>Whether it was given up.</summary>
    public bool Canceled { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Message { get; init; }
}
