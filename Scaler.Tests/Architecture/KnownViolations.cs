namespace Scaler.Tests.Architecture;

/// <summary>
/// Compares the violations of a rule with the list of violations that exist today. The list can only shrink: a new violation
/// fails the test, and so does an entry that no longer applies.
/// </summary>
internal static class KnownViolations
{
    public static void AssertOnly(IEnumerable<string> known, IEnumerable<string> found, string rule)
    {
        var listed = known.ToHashSet(StringComparer.Ordinal);
        var actual = found.ToHashSet(StringComparer.Ordinal);
        var added = actual.Except(listed).Order(StringComparer.Ordinal).Select(static entry => "  new: " + entry);
        var stale = listed.Except(actual).Order(StringComparer.Ordinal).Select(static entry => "  fixed, remove it from the list: " + entry);
        var differences = added.Concat(stale).ToList();
        Assert.True(differences.Count == 0, $"{rule}\n{string.Join('\n', differences)}");
    }
}
