using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: where a resource listens. TCP on loopback only.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>Makes an endpoint.</summary>
    /// <param name="protocol">Only TCP.</param>
    /// <param name="uriScheme">The scheme of its URLs; <c>tcp</c> by default.</param>
    /// <param name="transport">Ignored here.</param>
    /// <param name="name">Its name; the scheme by default.</param>
    /// <param name="port">The port that clients use; a free one by default.</param>
    /// <param name="targetPort">The port that the process listens on; with one replica only.</param>
    /// <param name="isExternal">Whether it is meant for clients from outside.</param>
    /// <param name="isProxied">Whether a proxy stands before the process.</param>
    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null,
        int? targetPort = null, bool? isExternal = null, bool isProxied = true)
    {
        if (protocol != ProtocolType.Tcp) throw new NotSupportedException("Only TCP endpoints are offered here.");
        _ = transport;
        UriScheme = uriScheme ?? "tcp";
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>The name, unique in the resource.</summary>
    public string Name { get; set; }

    /// <summary>The port that clients use; null for a free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on; null for a free one.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The scheme of its URLs.</summary>
    public string UriScheme { get; set; }

    /// <summary>Whether it is meant for clients from outside. Everything listens on loopback here all the same.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy stands before the process.</summary>
    public bool IsProxied { get; set; }

    internal bool IsHttp => UriScheme is "http" or "https";

    internal string? TargetPortVariable { get; init; }

    /// <summary>The port that clients use, once it is known.</summary>
    internal int? AllocatedPort { get; set; }
}
