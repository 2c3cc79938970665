namespace Aspire.Hosting.ApplicationModel;

/// <summary>The project is not told to believe X-Forwarded-For.</summary>
internal sealed class ForwardedHeadersDisabledAnnotation : IResourceAnnotation;
