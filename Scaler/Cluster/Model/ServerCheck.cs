namespace Scaler;

/// <summary>Represents a comparison of one server's connections with the registry.</summary>
/// <param name="Server">The server's ID.</param>
/// <param name="Held">
/// The number of connections that the server reports, or <see langword="null"/> if the server did not answer.
/// </param>
/// <param name="Registered">The number of connections that the registry contains for the server.</param>
/// <param name="IsEqual">
/// <see langword="true"/> if both sides have the same connections, not only the same number; otherwise, <see langword="false"/>.
/// </param>
public sealed record ServerCheck(string Server, int? Held, int Registered, bool IsEqual)
{
    /// <summary>
    /// Gets a value indicating whether the server's connections changed while the registry was read. A difference is not
    /// significant then. The value is <see langword="false"/> for a server that did not answer.
    /// </summary>
    public bool IsChanging { get; init; }
}
