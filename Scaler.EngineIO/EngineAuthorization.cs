namespace Scaler.EngineIO;

/// <summary>The answer of <see cref="EngineIOOptions.AuthorizeAsync"/>.</summary>
public readonly struct EngineAuthorization : IEquatable<EngineAuthorization>
{
    private readonly string? _message;

    private EngineAuthorization(bool isRefused, bool isBadRequest, string? message, object? tag = null)
    {
        Tag = tag;
        IsRefused = isRefused;
        IsBadRequest = isBadRequest;
        _message = message;
    }

    /// <summary>The client may connect.</summary>
    public static EngineAuthorization Allow => default;

    /// <summary>What becomes the session's <see cref="EngineSession.Tag"/>; null for none.</summary>
    public object? Tag { get; }

    /// <summary>Whether the client may not connect.</summary>
    public bool IsRefused { get; }

    /// <summary>Whether the refusal is answered as a bad request, 400 with code 3, and not as forbidden, 403 with code 4.</summary>
    public bool IsBadRequest { get; }

    /// <summary>What the client is told.</summary>
    public string Message => _message ?? (IsBadRequest ? "Bad request" : "Forbidden");

    /// <summary>The client may connect, and its session begins with a tag: what the authorization has found out, for the handler.</summary>
    public static EngineAuthorization AllowWith(object? tag) => new(false, false, null, tag);

    /// <summary>The client may not connect: 403, code 4.</summary>
    public static EngineAuthorization Refuse(string? message = null) => new(true, false, message);

    /// <summary>The request lacks something: 400, code 3.</summary>
    public static EngineAuthorization BadRequest(string? message = null) => new(true, true, message);

    /// <inheritdoc />
    public bool Equals(EngineAuthorization other) =>
        IsRefused == other.IsRefused && IsBadRequest == other.IsBadRequest && _message == other._message && Equals(Tag, other.Tag);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EngineAuthorization other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(IsRefused, IsBadRequest, _message, Tag);

    /// <summary>Whether two answers are the same.</summary>
    public static bool operator ==(EngineAuthorization left, EngineAuthorization right) => left.Equals(right);

    /// <summary>Whether two answers differ.</summary>
    public static bool operator !=(EngineAuthorization left, EngineAuthorization right) => !left.Equals(right);
}
