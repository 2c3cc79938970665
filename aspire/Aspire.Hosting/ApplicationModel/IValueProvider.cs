namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's interface of the same name: a value known once the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <returns>The value, or null where there is none.</returns>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}
