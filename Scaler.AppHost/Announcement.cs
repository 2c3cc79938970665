namespace Scaler.AppHost;

/// <summary>What a person opens once a resource is healthy.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Url">Where it is.</param>
internal sealed record Announcement(string Resource, string Title, Func<CancellationToken, Task<string>> Url);
