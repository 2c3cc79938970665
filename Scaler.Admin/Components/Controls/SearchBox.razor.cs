using Microsoft.AspNetCore.Components;

namespace Scaler.Admin.Components.Controls;

/// <summary>A field to search by, which asks a moment after the last key.</summary>
public sealed partial class SearchBox : IDisposable
{
    // What was asked for and is not yet answered, behind what is shown; many a key may be on the way.
    private readonly List<string> _asked = [""];
    private string? _shown;
    private int _version;
    private int _keys;

    /// <summary>What is searched for.</summary>
    [Parameter, EditorRequired]
    public string? Value { get; set; }

    /// <summary>Raised a moment after the last key.</summary>
    [Parameter]
    public EventCallback<string?> Changed { get; set; }

    /// <summary>What is searched.</summary>
    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>An example.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>How long to wait for another key.</summary>
    [Parameter]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(100);

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <inheritdoc/>
    // Who has left does not search any more.
    public void Dispose() => _keys++;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // An echo of what was asked for is no news. Anything else (a filter cleared, a link) comes into a new field: the old one
        // was drawn with another text than somebody has typed since, so that drawing it again might change nothing.
        var answered = _asked.IndexOf(Value ?? "");
        if (answered >= 0)
        {
            _asked.RemoveRange(0, answered);
            return;
        }

        _asked.Clear();
        _asked.Add(Value ?? "");
        _shown = Value;
        _version++;
        _keys++;
    }

    private async Task TypedAsync(ChangeEventArgs typed)
    {
        var key = ++_keys;
        await Task.Delay(Pause, Time);
        if (key == _keys)
        {
            var text = typed.Value as string ?? "";
            _asked.Add(text);
            await Changed.InvokeAsync(text);
        }
    }
}
