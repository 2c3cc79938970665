using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a part of an endpoint's address.</summary>
/// <param name="endpointReference">The endpoint.</param>
/// <param name="property">The part.</param>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IValueProvider, IManifestExpressionProvider
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint => endpointReference;

    /// <summary>The part.</summary>
    public EndpointProperty Property => property;

    /// <inheritdoc />
    public string ValueExpression => $"{{{endpointReference.Resource.Name}.bindings.{endpointReference.EndpointName}.{property}}}";

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(property switch
    {
        EndpointProperty.Url => endpointReference.Url,
        EndpointProperty.Host => endpointReference.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Port => Text(endpointReference.Port),
        EndpointProperty.Scheme => endpointReference.Scheme,
        EndpointProperty.TargetPort => Text(TargetPort),
        EndpointProperty.HostAndPort => $"{endpointReference.Host}:{endpointReference.Port}",
        _ => throw new InvalidOperationException($"An endpoint has no property '{property}'."),
    });

    private int TargetPort => endpointReference.EndpointAnnotation switch
    {
        { TargetPort: { } port } => port,
        { IsProxied: false } => endpointReference.Port,
        _ => throw new InvalidOperationException($"Each replica of '{endpointReference.Resource.Name}' has a target port of its own."),
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
