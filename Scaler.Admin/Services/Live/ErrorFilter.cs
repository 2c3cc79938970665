namespace Scaler.Admin.Services.Live;

/// <summary>Which errors to show. An empty member lets all pass.</summary>
/// <param name="Type">The error's name.</param>
/// <param name="Critical">Only those that ask for action.</param>
/// <param name="Account">Exactly this account.</param>
/// <param name="Server">Exactly this server.</param>
/// <param name="Text">Somewhere in the account, the server, the connection or an argument, whatever the case.</param>
public sealed record ErrorFilter(string? Type = null, bool Critical = false, string? Account = null, string? Server = null, string? Text = null)
{
    /// <summary>Whether all pass.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(Type) && !Critical && string.IsNullOrEmpty(Account) && string.IsNullOrEmpty(Server) && string.IsNullOrEmpty(Text);

    /// <summary>Whether an error passes.</summary>
    public bool Passes(ScalerError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return (string.IsNullOrEmpty(Type) || error.Name == Type)
            && (!Critical || error.IsCritical)
            && (string.IsNullOrEmpty(Account) || error.Account == Account)
            && (string.IsNullOrEmpty(Server) || error.Server == Server)
            && (string.IsNullOrEmpty(Text) || Holds(error.Account) || Holds(error.Server) || Holds(error.ConnectionId) || error.Arguments.Any(Holds));
    }

    private bool Holds(string? value) => value?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}
