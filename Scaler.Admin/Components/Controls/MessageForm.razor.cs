using Microsoft.AspNetCore.Components;
using Scaler.Admin.Services.Actions;

namespace Scaler.Admin.Components.Controls;

/// <summary>A form for an event and its arguments. It validates the input before raising <see cref="OnSend"/>.</summary>
public sealed partial class MessageForm
{
    private string? _event;
    private string? _arguments = "[]";
    private bool _busy;
    private bool _submitted;

    /// <summary>Gets or sets the text of the button.</summary>
    [Parameter, EditorRequired]
    public required string Action { get; set; }

    /// <summary>Gets or sets the callback that receives a valid message.</summary>
    [Parameter]
    public EventCallback<Message> OnSend { get; set; }

    // A missing event name is reported only after the first submit, because the field is empty initially.
    private string? Problem => !JsonArguments.TryParse(_arguments, out _, out var error) ? error
        : _submitted && string.IsNullOrWhiteSpace(_event) ? "Enter an event name."
        : null;

    private async Task SubmitAsync()
    {
        _submitted = true;
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
            (_busy, _submitted) = (false, false);
        }
    }
}
