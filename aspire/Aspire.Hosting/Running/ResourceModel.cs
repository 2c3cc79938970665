using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>The resources of the application.</summary>
internal sealed record ResourceModel(IReadOnlyList<IResource> Resources);
