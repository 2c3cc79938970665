namespace Scaler.DirectSockets;

/// <summary>
/// Generates connection ids for logs and traces in Kestrel's format: 13 base-32 digits. The counter starts at the current time,
/// so ids do not repeat after a restart.
/// </summary>
internal static class ConnectionIdGenerator
{
    private const int Digits = 13;
    private const int BitsPerDigit = 5;

    private static long _last = TimeProvider.System.GetUtcNow().Ticks;

    /// <summary>Returns a connection id that is unique within this process.</summary>
    public static string Next() => string.Create(Digits, Interlocked.Increment(ref _last), static (name, number) =>
    {
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUV"[(int)((number >> (BitsPerDigit * (Digits - 1 - i))) & 31)];
        }
    });
}
