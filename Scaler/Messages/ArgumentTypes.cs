using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Scaler;

/// <summary>
/// Finds the JSON contracts of event arguments. By default, contracts come from reflection. An application that is trimmed or
/// compiled ahead of time has no reflection in JSON: its types come from the contexts that it adds to
/// <see cref="ScalerOptions.Json"/>, simple types from <see cref="SimpleArgumentJson"/>.
/// </summary>
internal static class ArgumentTypes
{
    // Shared, because options with equal settings and resolvers share their contracts.
    private static readonly IJsonTypeInfoResolver DefaultResolver = CreateDefaultResolver();

    public static JsonSerializerOptions CreateOptions() =>
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = DefaultResolver };

    /// <summary>Makes the options read-only, because options that can change do not cache contracts.</summary>
    /// <exception cref="InvalidOperationException">The options have no resolver, and JSON reflection is disabled.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Adds reflection only if the application enables it.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Adds reflection only if the application enables it.")]
    public static void Freeze(JsonSerializerOptions json) => json.MakeReadOnly(populateMissingResolver: true);

    /// <exception cref="NotSupportedException">The options have no contract for the type.</exception>
    public static JsonTypeInfo<T> Get<T>(JsonSerializerOptions json) => (JsonTypeInfo<T>)Get<T>(json, typeof(T));

    /// <summary>Finds the contract of an argument that is declared as <typeparamref name="T"/>.</summary>
    /// <param name="json">The options.</param>
    /// <param name="type">The run-time type of the argument.</param>
    /// <exception cref="NotSupportedException">The options have no contract for the type.</exception>
    public static JsonTypeInfo Get<T>(JsonSerializerOptions json, Type type)
    {
        // Most calls for a T have the same type and options. The comparison is cheaper than the dictionary of the options.
        var last = Last<T>.Contract;
        if (last is not null && last.Type == type && ReferenceEquals(last.Options, json))
        {
            return last;
        }

        if (json.TryGetTypeInfo(type, out var contract))
        {
            Last<T>.Contract = contract;
            return contract;
        }

        // A context cannot contain the type of a LINQ query. As the declared sequence, the same elements are written.
        return json.TryGetTypeInfo(typeof(T), out var declared)
            && declared.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary
            ? declared
            : throw new NotSupportedException(
                $"There is no JSON contract for {type}. Add [JsonSerializable(typeof(…))] with this type to a "
                + "JsonSerializerContext of the application, and add the context: "
                + "AddScaler(o => o.Json.TypeInfoResolverChain.Insert(0, MyContext.Default)).");
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Uses reflection only if the application enables it.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Uses reflection only if the application enables it.")]
    private static IJsonTypeInfoResolver CreateDefaultResolver() => JsonSerializer.IsReflectionEnabledByDefault
        ? new DefaultJsonTypeInfoResolver()
        : SimpleArgumentJson.Default;

    private static class Last<T>
    {
        public static JsonTypeInfo? Contract { get; set; }
    }
}
