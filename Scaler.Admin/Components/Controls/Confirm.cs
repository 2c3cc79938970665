using Microsoft.FluentUI.AspNetCore.Components;

namespace Scaler.Admin.Components.Controls;

/// <summary>Asks before something is done that can't be undone.</summary>
internal static class Confirm
{
    /// <summary>Whether to go on. What happens to stand on top is Cancel's: closing the dialog does nothing.</summary>
    public static async Task<bool> AskAsync(IDialogService dialogs, string title, string message, string action)
    {
        var answer = await dialogs.ShowConfirmationAsync(System.Net.WebUtility.HtmlEncode(message), title, action, "Cancel");
        return !answer.Cancelled;
    }
}
