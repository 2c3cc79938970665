namespace Scaler.EngineIO.Sockets;

/// <summary>Names of connections, for logs and traces: as Kestrel's own, 13 digits to the base of 32 that go on where another process began.</summary>
internal static class ConnectionNumber
{
    private const int Digits = 13;
    private const int BitsPerDigit = 5;

    private static long _last = TimeProvider.System.GetUtcNow().Ticks;

    /// <summary>One that no other connection of this process has.</summary>
    public static string Next() => string.Create(Digits, Interlocked.Increment(ref _last), static (name, number) =>
    {
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUV"[(int)((number >> (BitsPerDigit * (Digits - 1 - i))) & 31)];
        }
    });
}
