namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: the value of a parameter that nobody configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>Makes the value.</summary>
    /// <returns>The value.</returns>
    public abstract string GetDefaultValue();
}
