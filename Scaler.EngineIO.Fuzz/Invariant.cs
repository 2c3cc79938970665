using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Fuzz;

/// <summary>Checks the invariants of parsers.</summary>
internal static class Invariant
{
    /// <summary>Throws if a condition is false. Fuzzers report the exception as a crash.</summary>
    /// <param name="condition">The invariant.</param>
    /// <param name="otherwise">The exception message, which describes the violation.</param>
    /// <exception cref="InvalidOperationException"><paramref name="condition"/> is <see langword="false"/>.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
