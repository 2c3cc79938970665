namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: a line on a resource's console.</summary>
/// <param name="LineNumber">Its number, from 1.</param>
/// <param name="Content">Its text, after the time in ISO 8601.</param>
/// <param name="IsErrorMessage">Whether it is on standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
