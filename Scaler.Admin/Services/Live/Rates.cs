namespace Scaler.Admin.Services.Live;

/// <summary>How fast something works, per second.</summary>
/// <param name="In">Messages received from clients.</param>
/// <param name="Out">Messages handed to clients.</param>
/// <param name="Errors">Error events raised.</param>
public readonly record struct Rates(double In, double Out, double Errors)
{
    /// <summary>The rates of two together.</summary>
    public static Rates operator +(Rates left, Rates right) =>
        new(left.In + right.In, left.Out + right.Out, left.Errors + right.Errors);

    /// <inheritdoc cref="op_Addition"/>
    public static Rates Add(Rates left, Rates right) => left + right;
}
