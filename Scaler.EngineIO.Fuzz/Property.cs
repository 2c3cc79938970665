using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Fuzz;

/// <summary>What a target demands of a parser.</summary>
internal static class Property
{
    /// <summary>Throws when a property does not hold; a fuzzer takes the exception for a crash.</summary>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
