using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Scaler.Admin.Components.Controls;

/// <summary>Draws the values of the last minutes as a line.</summary>
public sealed partial class Sparkline
{
    private const int Width = 120;
    private const int Height = 32;

    /// <summary>Gets or sets the values at equal intervals, oldest first. <see cref="double.NaN"/> leaves a gap.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<double> Values { get; set; }

    /// <summary>Gets or sets the accessible label.</summary>
    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>Gets or sets the minimum value of the full height, so that noise near zero stays flat. Default: 1.</summary>
    [Parameter]
    public double MinScale { get; set; } = 1;

    private string Line { get; set; } = "";

    private string Area { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var line = new StringBuilder();
        var area = new StringBuilder();
        var known = Values.Where(double.IsFinite).ToArray();
        if (known.Length >= 2)
        {
            var top = Math.Max(MinScale, known.Max());
            var step = (double)Width / (Values.Count - 1);
            var start = -1;
            for (var i = 0; i <= Values.Count; i++)
            {
                var isKnown = i < Values.Count && double.IsFinite(Values[i]);
                if (isKnown)
                {
                    var point = Point(i * step, Height - 1 - Values[i] / top * (Height - 2));
                    line.Append(start < 0 ? 'M' : 'L').Append(point);
                    area.Append(start < 0 ? "M" + Point(i * step, Height) + "L" : "L").Append(point);
                    start = start < 0 ? i : start;
                }
                else if (start >= 0)
                {
                    area.Append('L').Append(Point((i - 1) * step, Height)).Append('Z');
                    start = -1;
                }
            }
        }

        Line = line.ToString();
        Area = area.ToString();
    }

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.##} {y:0.##}");
}
