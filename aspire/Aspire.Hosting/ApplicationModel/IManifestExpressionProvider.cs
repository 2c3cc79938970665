namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name; nothing is published from here.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>How the value is named in a manifest.</summary>
    string ValueExpression { get; }
}
