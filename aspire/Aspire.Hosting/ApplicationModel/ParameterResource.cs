namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a value given from outside, read once.</summary>
public class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
{
    private readonly Lazy<string> _value;

    /// <summary>Makes the parameter.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="callback">Reads the value; it gets <see cref="Default"/>.</param>
    /// <param name="secret">Whether the value is to be hidden.</param>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        _value = new(() => callback(Default));
        Secret = secret;
    }

    /// <summary>What the value is where nobody gave one.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>Whether the value is hidden in the dashboard.</summary>
    public bool Secret { get; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value.Value);
}
