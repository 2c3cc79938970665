using System.Net;

namespace Scaler.Cluster.Secrets;

/// <summary>Represents what the first server of a forwarded request knows about its client.</summary>
/// <param name="Address">The client's address, or <see langword="null"/> if it is unknown.</param>
/// <param name="Scheme">The scheme of the client's request.</param>
/// <param name="PathBase">The escaped path base of the request; empty if there is none.</param>
/// <param name="User">The encoded user that the middleware authenticated; empty if there is none.</param>
internal readonly record struct ForwardedClient(IPAddress? Address, string Scheme, string PathBase, string User);
