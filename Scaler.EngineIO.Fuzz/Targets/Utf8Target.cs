using System.Text;
using System.Text.Unicode;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the repair of invalid UTF-8.</summary>
internal static class Utf8Target
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var repaired = Utf8Text.ReplaceInvalidSequences(input);
        Invariant.Require(Utf8.IsValid(repaired.Span), "The repaired text is not valid UTF-8.");
        Invariant.Require(
            Utf8.IsValid(input.Span) == repaired.Equals(input), "Valid text was copied, or invalid text was returned unchanged.");
        Invariant.Require(
            Encoding.UTF8.GetString(input.Span) == Encoding.UTF8.GetString(repaired.Span),
            "The repair differs from the decoding by Encoding.UTF8.");
        Invariant.Require(Utf8Text.ReplaceInvalidSequences(repaired).Equals(repaired), "Repairing the repaired text copied it again.");
        var hash = default(HashCode);
        hash.AddBytes(repaired.Span);
        return hash.ToHashCode();
    }
}
