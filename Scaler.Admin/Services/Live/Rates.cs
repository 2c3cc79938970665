namespace Scaler.Admin.Services.Live;

/// <summary>Represents message and error rates, per second.</summary>
/// <param name="In">The messages received from clients.</param>
/// <param name="Out">The messages sent to clients.</param>
/// <param name="Errors">The error events raised.</param>
public readonly record struct Rates(double In, double Out, double Errors)
{
    /// <summary>Adds two sets of rates.</summary>
    /// <param name="left">The first rates.</param>
    /// <param name="right">The second rates.</param>
    /// <returns>The sums.</returns>
    public static Rates operator +(Rates left, Rates right) =>
        new(left.In + right.In, left.Out + right.Out, left.Errors + right.Errors);

    /// <inheritdoc cref="op_Addition"/>
    public static Rates Add(Rates left, Rates right) => left + right;
}
