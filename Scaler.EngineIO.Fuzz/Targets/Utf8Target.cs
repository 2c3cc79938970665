using System.Text;
using System.Text.Unicode;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>UTF-8 from outside.</summary>
internal static class Utf8Target
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var repaired = Utf8Text.Repair(input);
        Property.Holds(Utf8.IsValid(repaired.Span), "What was repaired is not valid.");
        Property.Holds(Utf8.IsValid(input.Span) == repaired.Equals(input), "Valid text was copied, or invalid text was not.");
        Property.Holds(Encoding.UTF8.GetString(input.Span) == Encoding.UTF8.GetString(repaired.Span), "The repair is not the framework's.");
        Property.Holds(Utf8Text.Repair(repaired).Equals(repaired), "What was repaired was repaired again.");
        var hash = default(HashCode);
        hash.AddBytes(repaired.Span);
        return hash.ToHashCode();
    }
}
