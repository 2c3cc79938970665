using System.Globalization;

namespace Scaler.Benchmarks.Seeding;

/// <summary>Names as they might be in earnest: some prefixes with many accounts behind each, so that a search has something to narrow down.</summary>
internal static class SeedAccounts
{
    private static readonly string[] Companies =
        ["acme", "cyberdyne", "globex", "hooli", "initech", "soylent", "stark", "tyrell", "umbrella", "vandelay", "wayne", "wonka"];

    public static string Name(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Companies[index % Companies.Length]}-{index / Companies.Length:000000}");
}
