using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Stands in for Aspire's class of the same name: a random value. The minimum of each class of characters is not
/// offered; 22 characters of letters and digits carry 131 bits.
/// </summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    /// <summary>The number of characters; 22 by default.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether small letters occur; true by default.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether capital letters occur; true by default.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether digits occur; true by default.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether special characters occur; true by default.</summary>
    public bool Special { get; set; } = true;

    /// <inheritdoc />
    public override string GetDefaultValue()
    {
        var characters = (Lower ? "abcdefghijklmnopqrstuvwxyz" : "")
            + (Upper ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "")
            + (Numeric ? "0123456789" : "")
            + (Special ? "-_.{}~()*+!" : "");
        return RandomNumberGenerator.GetString(characters, MinLength);
    }
}
