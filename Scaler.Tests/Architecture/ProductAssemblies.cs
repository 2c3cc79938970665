using System.Collections.Concurrent;
using System.Reflection;
using ArchUnitNET.Loader;
using Scaler.EngineIO;

namespace Scaler.Tests.Architecture;

/// <summary>Loads the assemblies of the product, without those of the tests.</summary>
internal static class ProductAssemblies
{
    private static readonly string[] TestAssemblies = ["Scaler.Tests", "Scaler.TestHelpers"];

    private static readonly ConcurrentDictionary<Assembly, Lazy<ArchUnitNET.Domain.Architecture>> Architectures = new();

    public static Assembly Engine { get; } = typeof(EngineServer).Assembly;

    public static Assembly Scaler { get; } = typeof(ScalerServer).Assembly;

    /// <summary>Gets all assemblies of the product that the build copied to the output folder.</summary>
    public static IReadOnlyList<Assembly> All { get; } =
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "Scaler*.dll")
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .Except(TestAssemblies)
            .Order(StringComparer.Ordinal)
            .Select(Assembly.Load),
    ];

    /// <summary>Gets the types of an assembly and their dependencies. Loads each assembly once, because that takes seconds.</summary>
    public static ArchUnitNET.Domain.Architecture Load(Assembly assembly) => Architectures.GetOrAdd(
        assembly,
        static key => new Lazy<ArchUnitNET.Domain.Architecture>(() => new ArchLoader().LoadAssemblies(key).Build())).Value;
}
