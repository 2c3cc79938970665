using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Controls;

/// <summary>An event and its arguments, checked before they are sent.</summary>
public sealed partial class MessageForm
{
    private string? _event;
    private string? _arguments = "[]";
    private bool _busy;
    private bool _tried;

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired]
    public required string Action { get; set; }

    /// <summary>Raised with a message that can be sent.</summary>
    [Parameter]
    public EventCallback<Message> OnSend { get; set; }

    // That the event is missing is said only to somebody who tries to send: everybody begins without one.
    private string? Problem => !JsonArguments.TryParse(_arguments, out _, out var error) ? error
        : _tried && string.IsNullOrWhiteSpace(_event) ? "Name the event."
        : null;

    private async Task SubmitAsync()
    {
        _tried = true;
        if (_busy || Problem is not null)
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
            (_busy, _tried) = (false, false);
        }
    }
}
