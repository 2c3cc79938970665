using Microsoft.AspNetCore.Components;

namespace Scaler.Admin.Components.Controls;

/// <summary>A search field that raises <see cref="Changed"/> after a pause in typing.</summary>
public sealed partial class SearchBox : IDisposable
{
    // The value of the last render, followed by the values that were raised since. Several may be pending.
    private readonly List<string> _raised = [""];
    private string? _text;
    private int _version;
    private int _keystrokes;

    /// <summary>Gets or sets the search text.</summary>
    [Parameter, EditorRequired]
    public string? Value { get; set; }

    /// <summary>Gets or sets the callback that is invoked <see cref="Pause"/> after the last keystroke.</summary>
    [Parameter]
    public EventCallback<string?> Changed { get; set; }

    /// <summary>Gets or sets the label.</summary>
    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>Gets or sets the placeholder text.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>Gets or sets the time to wait for another keystroke. Default: 100 ms.</summary>
    [Parameter]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(100);

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    // Discards the pending search.
    public void Dispose() => _keystrokes++;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // Ignore a value that this component raised itself. Render any other value (a cleared filter, a link) into a new input
        // element. The user has typed since the last render, so rendering the same element again might not change its text.
        var answered = _raised.IndexOf(Value ?? "");
        if (answered >= 0)
        {
            _raised.RemoveRange(0, answered);
            return;
        }

        _raised.Clear();
        _raised.Add(Value ?? "");
        _text = Value;
        _version++;
        _keystrokes++;
    }

    private async Task TypedAsync(ChangeEventArgs input)
    {
        var key = ++_keystrokes;
        await Task.Delay(Pause, Time);
        if (key == _keystrokes)
        {
            var text = input.Value as string ?? "";
            _raised.Add(text);
            await Changed.InvokeAsync(text);
        }
    }
}
