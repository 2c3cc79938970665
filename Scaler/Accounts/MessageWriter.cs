using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Writes messages in the format that <see cref="JsonMessageDecoder"/> reads.</summary>
internal static class MessageWriter
{
    // These types are parameters of a send or hold secrets. As arguments they are mistakes: an overload with other arguments was meant.
    private static readonly FrozenSet<Type> RefusedTypes = new[]
    {
        typeof(CancellationToken), typeof(CancellationToken?), typeof(SendOptions), typeof(SendOptions?),
        typeof(BroadcastOptions), typeof(BroadcastOptions?), typeof(EngineSendFlags), typeof(EngineSendFlags?),
        typeof(ScalerMessage), typeof(ScalerMessage?), typeof(EngineMessage), typeof(EngineMessage?),
        typeof(ScalerConnection), typeof(EngineSession),
    }.ToFrozenSet();

    public static ReadOnlyMemory<byte> Encode(JsonSerializerOptions json, string eventName)
    {
        using var writer = Begin(json, eventName, out var buffer);
        return Complete(writer, buffer);
    }

    /// <exception cref="NotSupportedException">The argument cannot be serialized as JSON.</exception>
    public static ReadOnlyMemory<byte> Encode<T>(JsonSerializerOptions json, string eventName, T argument)
    {
        using var writer = Begin(json, eventName, out var buffer);
        WriteArgument(writer, argument, json);
        return Complete(writer, buffer);
    }

    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static ReadOnlyMemory<byte> Encode<T1, T2>(JsonSerializerOptions json, string eventName, T1 first, T2 second)
    {
        using var writer = Begin(json, eventName, out var buffer);
        WriteArgument(writer, first, json);
        WriteArgument(writer, second, json);
        return Complete(writer, buffer);
    }

    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static ReadOnlyMemory<byte> Encode<T1, T2, T3>(
        JsonSerializerOptions json, string eventName, T1 first, T2 second, T3 third)
    {
        using var writer = Begin(json, eventName, out var buffer);
        WriteArgument(writer, first, json);
        WriteArgument(writer, second, json);
        WriteArgument(writer, third, json);
        return Complete(writer, buffer);
    }

    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static ReadOnlyMemory<byte> Encode(JsonSerializerOptions json, string eventName, IReadOnlyList<object?> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        using var writer = Begin(json, eventName, out var buffer);
        for (var i = 0; i < args.Count; i++)
        {
            WriteArgument(writer, args[i], json);
        }

        return Complete(writer, buffer);
    }

    private static Utf8JsonWriter Begin(JsonSerializerOptions json, string eventName, out ArrayBufferWriter<byte> buffer)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        buffer = new ArrayBufferWriter<byte>(256);
        var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = json.Encoder, SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("event"u8, eventName);
        writer.WriteStartArray("args"u8);
        return writer;
    }

    private static void WriteArgument<T>(Utf8JsonWriter writer, T argument, JsonSerializerOptions json)
    {
        var type = argument is null || typeof(T).IsValueType ? typeof(T) : argument.GetType();
        if (RefusedTypes.Contains(type))
        {
            var name = (Nullable.GetUnderlyingType(type) ?? type).Name;
            throw new ArgumentException(
                $"A {name} is not an argument of an event. Options and the cancellation token follow the arguments, and this method "
                + "must support them. A received message is sent with the overload that takes only the message.",
                nameof(argument));
        }

        // The run-time type, because an argument is often declared as a base type or an interface.
        if (typeof(T).IsValueType)
        {
            JsonSerializer.Serialize(writer, argument, ArgumentTypes.Get<T>(json));
        }
        else
        {
            JsonSerializer.Serialize(writer, argument, ArgumentTypes.Get<T>(json, type));
        }
    }

    private static ReadOnlyMemory<byte> Complete(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
