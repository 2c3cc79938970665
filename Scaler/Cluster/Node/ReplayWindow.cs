namespace Scaler.Cluster.Node;

/// <summary>
/// Recognizes sequence numbers of one sender that arrive again, with the sliding bitmap of RFC 6479. Numbers that are too far
/// below the highest one are refused, because the window no longer knows them.
/// </summary>
internal sealed class ReplayWindow
{
    /// <summary>
    /// The number of bits. A thread that is preempted between the numbering and the sending of an envelope may be overtaken by
    /// all others: at 100,000 envelopes per second, it may be late by more than 0.6 s.
    /// </summary>
    private const int Bits = 64 * 1024;

    private const int Words = Bits / 64;

    /// <summary>
    /// The number of sequence numbers, up to the highest one, that the window knows. The window moves by whole words.
    /// </summary>
    public const int Size = Bits - 64;

    // Two subscriptions of this process may receive concurrently while it begins a new epoch.
    private readonly Lock _lock = new();
    private readonly ulong[] _seen = new ulong[Words];
    private long _highest;
    private long _usedAt;

    /// <summary>Gets the timestamp of the last call of <see cref="TryAccept"/>.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>Accepts a number once.</summary>
    /// <returns>
    /// <see langword="false"/> if the number was accepted before, is too low to tell, or is not positive; otherwise,
    /// <see langword="true"/>.
    /// </returns>
    public bool TryAccept(long number, long timestamp)
    {
        Volatile.Write(ref _usedAt, timestamp);
        lock (_lock)
        {
            if (number <= 0 || number <= _highest - Size)
            {
                return false;
            }

            if (number > _highest)
            {
                // Clear the words that the window moves over.
                var (from, to) = (_highest / 64, number / 64);
                for (var word = Math.Max(from + 1, to - Words + 1); word <= to; word++)
                {
                    _seen[word % Words] = 0;
                }

                _highest = number;
            }

            ref var seen = ref _seen[number / 64 % Words];
            var bit = 1UL << (int)(number % 64);
            if ((seen & bit) != 0)
            {
                return false;
            }

            seen |= bit;
            return true;
        }
    }
}
