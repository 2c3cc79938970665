namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: the state of a resource.</summary>
/// <param name="Text">The state.</param>
/// <param name="Style">How the dashboard paints it.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state without a style.</summary>
    /// <param name="s">The state.</param>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, null);
}
