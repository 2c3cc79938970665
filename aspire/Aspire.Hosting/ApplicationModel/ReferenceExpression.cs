using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Stands in for Aspire's class of the same name: a text with parts that are known once the application runs.
/// Formats within the braces and conditional expressions are not offered.
/// </summary>
public class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    private readonly IManifestExpressionProvider[] _expressions;

    private ReferenceExpression(string format, IValueProvider[] values, IManifestExpressionProvider[] expressions) =>
        (Format, ValueProviders, _expressions) = (format, values, expressions);

    /// <summary>The text, with <c>{0}</c> and so on where values go.</summary>
    public string Format { get; }

    /// <summary>The values.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <inheritdoc />
    public string ValueExpression =>
        string.Format(CultureInfo.InvariantCulture, Format, [.. _expressions.Select(e => e.ValueExpression)]);

    /// <summary>Makes an expression of an interpolated string.</summary>
    /// <param name="handler">The interpolated string.</param>
    /// <returns>The expression.</returns>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    /// <inheritdoc />
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = await ValueProviders[i].GetValueAsync(cancellationToken);
        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    /// <summary>Stands in for Aspire's handler of the same name.</summary>
    /// <param name="literalLength">Given by the compiler.</param>
    /// <param name="formattedCount">Given by the compiler.</param>
    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _format = new(literalLength + (formattedCount * 4));
        private readonly List<IValueProvider> _values = new(formattedCount);
        private readonly List<IManifestExpressionProvider> _expressions = new(formattedCount);

        /// <summary>Appends a text.</summary>
        /// <param name="value">The text.</param>
        public readonly void AppendLiteral(string value) =>
            _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

        /// <summary>Appends a text that is known now.</summary>
        /// <param name="value">The text.</param>
        public readonly void AppendFormatted(string? value) => AppendLiteral(value ?? "");

        /// <summary>Appends a value that is known later.</summary>
        /// <typeparam name="T">The kind of value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider
        {
            _format.Append(CultureInfo.InvariantCulture, $"{{{_values.Count}}}");
            _values.Add(valueProvider);
            _expressions.Add(valueProvider);
        }

        /// <summary>Appends the value of a resource.</summary>
        /// <typeparam name="T">The kind of resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider.Resource);

        internal readonly ReferenceExpression Build() => new(_format.ToString(), [.. _values], [.. _expressions]);
    }
}
