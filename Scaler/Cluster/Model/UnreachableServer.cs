namespace Scaler;

/// <summary>Represents a live server that another server cannot reach at its URL.</summary>
/// <param name="Id">The ID of the unreachable server.</param>
/// <param name="Url">The URL that the unreachable server advertises, without credentials and query.</param>
/// <param name="Since">The time of the first failed attempt.</param>
/// <param name="Reason">The reason in words, such as <c>connection refused</c>.</param>
public sealed record UnreachableServer(string Id, string Url, DateTimeOffset Since, string Reason);
