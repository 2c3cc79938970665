using System.Collections.Immutable;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>What the dashboard shows of a process; the names are its.</summary>
internal static class ReplicaProperties
{
    public static ImmutableArray<ResourcePropertySnapshot> With(
        this ImmutableArray<ResourcePropertySnapshot> properties, params ResourcePropertySnapshot[] changed) =>
        [.. properties.Where(p => !changed.Any(c => c.Name == p.Name)), .. changed];

    public static ResourcePropertySnapshot[] Of(Replica replica, ProcessStartInfo start, int process) =>
    [
        new("project.path", replica.Resource.Annotations.OfType<IProjectMetadata>().Single().ProjectPath),
        new("executable.path", ProjectOutput.Dotnet),
        new("executable.args", start.ArgumentList.SkipWhile(argument => argument != ProjectOutput.Dotnet).Skip(1).ToArray()),
        new("executable.workDir", start.WorkingDirectory),
        new("executable.pid", process),
    ];
}
