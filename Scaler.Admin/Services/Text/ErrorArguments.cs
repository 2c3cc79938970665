namespace Scaler.Admin.Services.Text;

/// <summary>Provides display names for the arguments of error events.</summary>
public static class ErrorArguments
{
    /// <summary>Returns the display name of an argument.</summary>
    /// <param name="error">The name of the error event.</param>
    /// <param name="index">The zero-based index of the argument.</param>
    /// <returns>The display name.</returns>
    public static string GetName(string error, int index) => (error, index) switch
    {
        (ErrorNames.Connect or ErrorNames.Disconnect, 0) => "account",
        (ErrorNames.Connect or ErrorNames.Disconnect, 1) => "connection",
        (ErrorNames.Json or ErrorNames.Invalid, 0) => "message",
        (ErrorNames.Validation or ErrorNames.Handler, 0) => "event",
        (ErrorNames.Validation or ErrorNames.Handler, 1) => "error",
        (ErrorNames.Limit, 0) => "account",
        (ErrorNames.Limit, 1) => "limit",
        _ => $"argument {index + 1}",
    };
}
