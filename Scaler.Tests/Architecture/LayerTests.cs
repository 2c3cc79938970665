using System.Reflection;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.xUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Scaler.Tests.Architecture;

/// <summary>Tests which libraries each layer uses. Covers method bodies too, not only signatures.</summary>
public sealed class LayerTests
{
    private const string Redis = "StackExchange.Redis";

    /// <summary>The namespaces of I/O, hosting and logging. The protocol code works on spans and sequences instead.</summary>
    private const string InputOutput =
        @"System\.IO\.Pipelines|System\.IO\.Compression|System\.Net\.Sockets|System\.Net\.WebSockets|Microsoft\.AspNetCore|Microsoft\.Extensions";

    /// <summary>The types outside Cluster/Redis that use the Redis client.</summary>
    private static readonly string[] KnownRedisUsers =
    [
        "Scaler.AuditTrail",
        "Scaler.Cluster.InMemory.InMemoryCluster",
        "Scaler.Cluster.Node.NodeReadiness",
        "Scaler.ErrorLog",
        "Scaler.RedisFailure",
        "Scaler.ScalerCluster",
        "Scaler.ScalerRedisOptions",
        "Scaler.ScalerServer",
        "Scaler.ScalerServiceCollectionExtensions",
    ];

    [Fact]
    public void Protocol_DoesNotUseInputOutputOrLogging() =>
        NotUse(@"Scaler\.EngineIO\.Protocol", InputOutput).Check(ProductAssemblies.Load(ProductAssemblies.Engine));

    // Proves that the rule of the protocol can fail: a misspelled namespace would match nothing.
    [Fact]
    public void Http_UsesAspNetCore_SoTheRuleOfTheProtocolDetectsIt() =>
        Assert.False(NotUse(@"Scaler\.EngineIO\.Http", InputOutput).HasNoViolations(ProductAssemblies.Load(ProductAssemblies.Engine)));

    [Fact]
    public void Engine_DoesNotUseRedisOrForwarding() =>
        NotUse(@"Scaler\.EngineIO", @"StackExchange\.Redis|Yarp|OpenTelemetry").Check(ProductAssemblies.Load(ProductAssemblies.Engine));

    [Fact]
    public void Engine_ReferencesFrameworkAssembliesOnly() => Assert.Empty(References(ProductAssemblies.Engine));

    [Fact]
    public void Scaler_ReferencesNoServiceOrDashboard() =>
        Assert.Equal(["Scaler.EngineIO"], References(ProductAssemblies.Scaler).Where(static name => name.StartsWith("Scaler", StringComparison.Ordinal)));

    [Fact]
    public void Scaler_OutsideClusterRedis_DoesNotUseTheRedisClient()
    {
        var architecture = ProductAssemblies.Load(ProductAssemblies.Scaler);
        var users = architecture.Types
            .Where(static type => !Below(type.Namespace?.FullName, "Scaler.Cluster.Redis"))
            .Where(static type => type.Dependencies.Any(static dependency => Below(dependency.Target.Namespace?.FullName, Redis)))
            .Select(static type => type.FullName);
        KnownViolations.AssertOnly(KnownRedisUsers, users, "Only Scaler/Cluster/Redis uses the Redis client.");
    }

    private static TypesShouldConjunction NotUse(string layer, string libraries) =>
        Types().That().ResideInNamespaceMatching($@"^({layer})(\.|$)")
            .Should().NotDependOnAny(Types(includeReferenced: true).That().ResideInNamespaceMatching($@"^({libraries})(\.|$)"));

    // Array and generic parameter types have no namespace.
    private static bool Below(string? name, string parent) =>
        name is not null && (name == parent || name.StartsWith(parent + ".", StringComparison.Ordinal));

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(static reference => reference.Name!)
        .Where(static name => !name.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
