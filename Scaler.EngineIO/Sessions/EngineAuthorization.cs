namespace Scaler.EngineIO;

/// <summary>Represents the result of <see cref="EngineIOOptions.AuthorizeAsync"/>.</summary>
public readonly struct EngineAuthorization : IEquatable<EngineAuthorization>
{
    private readonly string? _message;

    private EngineAuthorization(
        bool isRefused, bool isBadRequest, string? message, IReadOnlyDictionary<object, object?>? items = null, object? owner = null)
    {
        (IsRefused, IsBadRequest, _message, Items, Owner) = (isRefused, isBadRequest, message, items, owner);
    }

    /// <summary>Gets a result that allows the client to connect.</summary>
    public static EngineAuthorization Allow => default;

    /// <summary>
    /// Gets the initial content of the session's <see cref="EngineSession.Items"/>, or <see langword="null"/> if there is none.
    /// </summary>
    public IReadOnlyDictionary<object, object?>? Items { get; }

    /// <summary>Gets a value indicating whether the client is refused.</summary>
    public bool IsRefused { get; }

    /// <summary>
    /// Gets a value indicating whether the refusal is sent as a bad request (status 400, code 3) instead of forbidden (status
    /// 403, code 4).
    /// </summary>
    public bool IsBadRequest { get; }

    /// <summary>
    /// Gets the message that is sent to the client with a refusal. The default is <c>Bad request</c> if
    /// <see cref="IsBadRequest"/> is <see langword="true"/>; otherwise, <c>Forbidden</c>.
    /// </summary>
    public string Message => _message ?? (IsBadRequest ? "Bad request" : "Forbidden");

    /// <summary>Gets the state of the library on top of this one, which the session stores.</summary>
    internal object? Owner { get; }

    /// <summary>
    /// Creates a result that allows the client to connect and passes data from authorization to the handler.
    /// </summary>
    /// <param name="items">The initial content of the session's <see cref="EngineSession.Items"/>. It is copied.</param>
    /// <returns>The result.</returns>
    public static EngineAuthorization AllowWith(IReadOnlyDictionary<object, object?> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new EngineAuthorization(false, false, null, items);
    }

    /// <summary>Returns this result with the state of the library on top of this one.</summary>
    internal EngineAuthorization WithOwner(object owner) => new(IsRefused, IsBadRequest, _message, Items, owner);

    /// <summary>Creates a result that refuses the client as forbidden: status 403, code 4.</summary>
    /// <param name="message">The message for the client, or <see langword="null"/> for <c>Forbidden</c>.</param>
    /// <returns>The result.</returns>
    public static EngineAuthorization Refuse(string? message = null) => new(true, false, message);

    /// <summary>Creates a result that refuses an incomplete or invalid request: status 400, code 3.</summary>
    /// <param name="message">The message for the client, or <see langword="null"/> for <c>Bad request</c>.</param>
    /// <returns>The result.</returns>
    public static EngineAuthorization BadRequest(string? message = null) => new(true, true, message);

    /// <inheritdoc />
    public bool Equals(EngineAuthorization other) =>
        IsRefused == other.IsRefused && IsBadRequest == other.IsBadRequest && _message == other._message
        && Equals(Items, other.Items) && Equals(Owner, other.Owner);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EngineAuthorization other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(IsRefused, IsBadRequest, _message, Items, Owner);

    /// <summary>Compares two results for equality.</summary>
    /// <param name="left">The first result.</param>
    /// <param name="right">The second result.</param>
    /// <returns><see langword="true"/> if the results are equal; otherwise, <see langword="false"/>.</returns>
    public static bool operator ==(EngineAuthorization left, EngineAuthorization right) => left.Equals(right);

    /// <summary>Compares two results for inequality.</summary>
    /// <param name="left">The first result.</param>
    /// <param name="right">The second result.</param>
    /// <returns><see langword="true"/> if the results differ; otherwise, <see langword="false"/>.</returns>
    public static bool operator !=(EngineAuthorization left, EngineAuthorization right) => !left.Equals(right);
}
