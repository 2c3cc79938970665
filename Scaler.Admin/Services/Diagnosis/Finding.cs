namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Represents a detected problem and its likely cause.</summary>
/// <param name="Severity">The severity.</param>
/// <param name="Title">The problem, with its numbers.</param>
/// <param name="Detail">The effect on clients, the likely cause, and the remedy.</param>
/// <param name="Link">The URL of the page with details, relative to the dashboard, or <see langword="null"/>.</param>
/// <param name="LinkText">The text of the link.</param>
public sealed record Finding(Severity Severity, string Title, string Detail, string? Link = null, string? LinkText = null);
