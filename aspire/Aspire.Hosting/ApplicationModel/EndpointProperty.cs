namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's enumeration of the same name: a part of an endpoint's address.</summary>
public enum EndpointProperty
{
    /// <summary>Scheme, host and port.</summary>
    Url,

    /// <summary>The host's name.</summary>
    Host,

    /// <summary>The host as an IPv4 address.</summary>
    IPV4Host,

    /// <summary>The port that clients use.</summary>
    Port,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>The port that the process listens on; known here only where it is fixed or not proxied.</summary>
    TargetPort,

    /// <summary>Host and port.</summary>
    HostAndPort,
}
