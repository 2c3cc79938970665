namespace Scaler;

/// <summary>What one server holds, beside what the registry says of it.</summary>
/// <param name="Server">The server's id.</param>
/// <param name="Held">Connections that the server says it holds; null where it did not answer.</param>
/// <param name="Registered">Connections that the registry has of it.</param>
/// <param name="IsEqual">Whether they are the same connections, not only as many.</param>
public sealed record ServerCheck(string Server, int? Held, int Registered, bool IsEqual)
{
    /// <summary>
    /// Whether the server held other connections after the registry was read than before: then a difference says nothing. A server
    /// that did not answer is not changing.
    /// </summary>
    public bool IsChanging { get; init; }
}
