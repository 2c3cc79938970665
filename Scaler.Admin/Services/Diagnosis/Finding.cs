namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Something that is not as it should be, and why.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Title">What is wrong, with its numbers.</param>
/// <param name="Detail">What it means for clients, what the likely cause is, and what helps.</param>
/// <param name="Link">Where to look further, relative to the dashboard; or null.</param>
/// <param name="LinkText">What is there.</param>
public sealed record Finding(Severity Severity, string Title, string Detail, string? Link = null, string? LinkText = null);
