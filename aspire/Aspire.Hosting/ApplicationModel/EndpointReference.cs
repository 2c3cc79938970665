namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: an endpoint, named before its port is known.</summary>
/// <param name="owner">The resource that listens.</param>
/// <param name="endpointName">The endpoint's name.</param>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider, IManifestExpressionProvider
{
    /// <summary>The resource that listens.</summary>
    public IResourceWithEndpoints Resource => owner;

    /// <summary>The endpoint's name.</summary>
    public string EndpointName => endpointName;

    /// <summary>What is known of the endpoint.</summary>
    public EndpointAnnotation EndpointAnnotation => Find()
        ?? throw new InvalidOperationException($"The resource '{owner.Name}' has no endpoint '{endpointName}'.");

    /// <summary>Whether the resource has it.</summary>
    public bool Exists => Find() is not null;

    /// <summary>Whether its port is known.</summary>
    public bool IsAllocated => Find()?.AllocatedPort is not null;

    /// <summary>The scheme of its URL.</summary>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>The host; always the local one.</summary>
    public string Host { get; } = "localhost";

    /// <summary>The port that clients use.</summary>
    public int Port => EndpointAnnotation.AllocatedPort
        ?? throw new InvalidOperationException($"The endpoint '{endpointName}' of '{owner.Name}' has no port yet.");

    /// <summary>Scheme, host and port.</summary>
    public string Url => $"{Scheme}://{Host}:{Port}";

    string IManifestExpressionProvider.ValueExpression => $"{{{owner.Name}.bindings.{endpointName}.url}}";

    /// <summary>A part of the address.</summary>
    /// <param name="property">Which.</param>
    /// <returns>The part, to be used in an expression.</returns>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);

    private EndpointAnnotation? Find() =>
        owner.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name.Equals(endpointName, StringComparison.OrdinalIgnoreCase));
}
