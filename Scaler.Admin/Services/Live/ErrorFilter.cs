namespace Scaler.Admin.Services.Live;

/// <summary>Represents a filter for errors. Empty members match all errors.</summary>
/// <param name="Type">The name of the error event.</param>
/// <param name="Critical"><see langword="true"/> to match critical errors only.</param>
/// <param name="Account">The exact account name.</param>
/// <param name="Server">The exact server id.</param>
/// <param name="Text">The text to find in the account, server, connection or arguments, ignoring case.</param>
public sealed record ErrorFilter(string? Type = null, bool Critical = false, string? Account = null, string? Server = null, string? Text = null)
{
    /// <summary>Gets a value indicating whether the filter matches all errors.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(Type) && !Critical && string.IsNullOrEmpty(Account) && string.IsNullOrEmpty(Server) && string.IsNullOrEmpty(Text);

    /// <summary>Determines whether an error matches the filter.</summary>
    /// <param name="error">The error.</param>
    /// <returns><see langword="true"/> if the error matches; otherwise, <see langword="false"/>.</returns>
    public bool Matches(ScalerError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return (string.IsNullOrEmpty(Type) || error.Name == Type)
            && (!Critical || error.IsCritical)
            && (string.IsNullOrEmpty(Account) || error.Account == Account)
            && (string.IsNullOrEmpty(Server) || error.Server == Server)
            && (string.IsNullOrEmpty(Text) || ContainsText(error.Account) || ContainsText(error.Server)
                || ContainsText(error.ConnectionId) || error.Arguments.Any(ContainsText));
    }

    private bool ContainsText(string? value) => value?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}
