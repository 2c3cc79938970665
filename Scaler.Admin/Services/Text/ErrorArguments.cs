namespace Scaler.Admin.Services.Text;

/// <summary>What the arguments of an error event are called.</summary>
public static class ErrorArguments
{
    /// <summary>The name of an argument, by its place.</summary>
    public static string NameOf(string error, int index) => (error, index) switch
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
