namespace Scaler;

/// <summary>
/// Detects secrets that an attacker finds by guessing. A captured session ID or token lets the attacker test guesses without
/// contacting a server, so a secret must resist billions of guesses per second.
/// </summary>
internal static class SecretStrength
{
    /// <summary>The minimum length of a secret, in characters.</summary>
    public const int MinLength = 32;

    /// <summary>
    /// The minimum number of different characters. 32 random hexadecimal digits have fewer than 8 once in 27 million.
    /// </summary>
    private const int MinDistinct = 8;

    /// <summary>
    /// The share of characters that may repeat or continue the character before them, as in 'aaa', '123' and 'cba'.
    /// </summary>
    private const double MaxPredictable = 0.6;

    /// <summary>Describes the weakness of a secret.</summary>
    /// <returns>The weakness, such as "has 16 characters", or <see langword="null"/> if none was detected.</returns>
    public static string? FindWeakness(string secret)
    {
        if (secret.Length < MinLength)
        {
            return $"has {secret.Length} characters";
        }

        if (secret.Distinct().Count() is < MinDistinct and var distinct)
        {
            return $"has only {distinct} different characters";
        }

        if (Repeats(secret))
        {
            return "repeats a shorter text";
        }

        return IsSequence(secret) ? "consists of consecutive characters" : null;
    }

    private static bool Repeats(string secret)
    {
        // The last repetition may be cut off.
        for (var period = 1; period <= secret.Length / 2; period++)
        {
            if (secret.AsSpan(period).SequenceEqual(secret.AsSpan(0, secret.Length - period)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSequence(string secret)
    {
        var predictable = 0;
        for (var i = 1; i < secret.Length; i++)
        {
            predictable += Math.Abs(secret[i] - secret[i - 1]) <= 1 ? 1 : 0;
        }

        return predictable > secret.Length * MaxPredictable;
    }
}
