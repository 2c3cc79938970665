namespace Aspire.Hosting;

/// <summary>Stands in for Aspire's class of the same name: the application is not as it has to be.</summary>
/// <param name="message">Why.</param>
public class DistributedApplicationException(string message) : Exception(message);
