using Microsoft.FluentUI.AspNetCore.Components;

namespace Scaler.Admin.Components.Controls;

/// <summary>Shows confirmation dialogs for actions that can't be undone.</summary>
internal static class ConfirmationDialog
{
    /// <summary>
    /// Shows a confirmation dialog and returns <see langword="true"/> if the user confirms. Closing the dialog counts as Cancel.
    /// </summary>
    public static async Task<bool> ShowAsync(IDialogService dialogs, string title, string message, string action)
    {
        var answer = await dialogs.ShowConfirmationAsync(System.Net.WebUtility.HtmlEncode(message), title, action, "Cancel");
        return !answer.Cancelled;
    }
}
