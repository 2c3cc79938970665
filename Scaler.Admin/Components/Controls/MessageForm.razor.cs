using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Controls;

/// <summary>An event and its arguments, checked before they are sent.</summary>
public sealed partial class MessageForm
{
    private string? _event;
    private string? _arguments = "[]";
    private bool _busy;

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired]
    public required string Action { get; set; }

    /// <summary>Raised with a message that can be sent.</summary>
    [Parameter]
    public EventCallback<Message> OnSend { get; set; }

    private string? Problem => JsonArguments.TryParse(_arguments, out _, out var error) ? null : error;

    private bool CanSend => !string.IsNullOrWhiteSpace(_event) && Problem is null;

    private async Task SubmitAsync()
    {
        if (_busy || !CanSend)
        {
            return;
        }

        _busy = true;
        try
        {
            await OnSend.InvokeAsync(new Message(_event!.Trim(), _arguments ?? ""));
        }
        finally
        {
            _busy = false;
        }
    }
}
