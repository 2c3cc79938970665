using System.Globalization;

namespace Scaler.Benchmarks.Seeding;

/// <summary>
/// Generates realistic account names: a few prefixes with many accounts each, so that a search can narrow them down.
/// </summary>
internal static class SeedAccounts
{
    private static readonly string[] Companies =
        ["acme", "cyberdyne", "globex", "hooli", "initech", "soylent", "stark", "tyrell", "umbrella", "vandelay", "wayne", "wonka"];

    public static string Name(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Companies[index % Companies.Length]}-{index / Companies.Length:000000}");
}
