using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Makes the environment and the arguments of a process: what Aspire's own AppHost gives it, in its order.</summary>
internal sealed class ReplicaEnvironment(DistributedApplicationExecutionContext execution, TelemetryTarget telemetry)
{
    // What configures the AppHost and its dashboard is not meant for the services.
    private static readonly string[] NotInherited =
        ["ASPIRE_", "ASPNETCORE_", "DASHBOARD__", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "OTEL_", "DCP_"];

    /// <summary>Fills in what the process starts with; returns what the application gave, not what the machine did.</summary>
    public async Task<ImmutableArray<EnvironmentVariableSnapshot>> ApplyAsync(
        Replica replica, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        var given = await GivenAsync(replica, cancellationToken);
        start.Environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!NotInherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                start.Environment[name] = (string?)variable.Value;
        }

        foreach (var (name, value) in given) start.Environment[name] = value;
        foreach (var argument in await ArgumentsAsync(replica.Resource, cancellationToken)) start.ArgumentList.Add(argument);
        return [.. given.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, true))];
    }

    private async Task<Dictionary<string, string>> GivenAsync(Replica replica, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>
        {
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
            ["LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE"] = "true",
        };
        telemetry.Describe(variables, replica);
        Endpoints(variables, replica);

        var context = new EnvironmentCallbackContext(execution, replica.Resource, variables, cancellationToken);
        foreach (var annotation in replica.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);

        var given = new Dictionary<string, string>();
        foreach (var (name, value) in variables) given[name] = await TextAsync(value, cancellationToken);
        return given;
    }

    private static void Endpoints(Dictionary<string, object> variables, Replica replica)
    {
        var endpoints = replica.Resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var urls = endpoints.Where(e => e.IsHttp && e.TargetPortVariable is null)
            .Select(e => $"{e.UriScheme}://localhost:{replica.Ports[e.Name]}").ToList();
        if (urls.Count > 0) variables["ASPNETCORE_URLS"] = string.Join(';', urls);
        foreach (var endpoint in endpoints.Where(e => e.TargetPortVariable is not null))
            variables[endpoint.TargetPortVariable!] = $"{replica.Ports[endpoint.Name]}";
        if (!replica.Resource.Annotations.OfType<ForwardedHeadersDisabledAnnotation>().Any())
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
    }

    private static async Task<List<string>> ArgumentsAsync(ProjectResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await annotation.Callback(context);

        var arguments = new List<string>();
        foreach (var argument in context.Args) arguments.Add(await TextAsync(argument, cancellationToken));
        return arguments;
    }

    private static async ValueTask<string> TextAsync(object value, CancellationToken cancellationToken) =>
        value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) ?? "" : value.ToString() ?? "";
}
