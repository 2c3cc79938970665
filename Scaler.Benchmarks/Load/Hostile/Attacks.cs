namespace Scaler.Benchmarks.Load.Hostile;

/// <summary>Lists all attacks.</summary>
internal static class Attacks
{
    public const string Path = "/stream/?EIO=4&account=attacker";

    public static readonly IReadOnlyList<Attack> All = [.. HttpAttacks.All, .. FrameAttacks.All, .. UpgradeAttacks.All];
}
