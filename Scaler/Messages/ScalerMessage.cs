using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Scaler;

/// <summary>
/// Represents a received message. The message does not own its bytes: copy any data that must outlive the handler call.
/// </summary>
public readonly struct ScalerMessage
{
    // The key in Exception.Data that marks the exceptions of GetArgument.
    private const string InvalidArgument = "Scaler.InvalidArgument";

    private readonly JsonSerializerOptions _json;

    internal ScalerMessage(
        string eventName, ReadOnlyMemory<byte> data, bool isBinary, ReadOnlyMemory<byte> arguments, JsonSerializerOptions json)
    {
        (Event, Data, IsBinary, Arguments, _json) = (eventName, data, isBinary, arguments, json);
    }

    /// <summary>Gets the event name.</summary>
    public string Event { get; }

    /// <summary>Gets the whole message as the client sent it. Forwarding it avoids decoding and encoding it again.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Gets a value indicating whether the client sent a binary message.</summary>
    public bool IsBinary { get; }

    /// <summary>Gets the arguments as a JSON array in UTF-8; empty if there are none.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Deserializes an argument.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="index">The zero-based index of the argument.</param>
    /// <returns>The argument, or the default of <typeparamref name="T"/> if the message has fewer arguments.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    /// <exception cref="JsonException">
    /// The argument cannot be deserialized as <typeparamref name="T"/>. If a handler does not catch the exception, it raises
    /// <c>error::validation</c>, because the client is at fault.
    /// </exception>
    /// <exception cref="NotSupportedException"><see cref="ScalerOptions.Json"/> has no <typeparamref name="T"/>.</exception>
    public T? GetArgument<T>(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Arguments.IsEmpty ? default : GetArgument(index, ArgumentTypes.Get<T>(_json));
    }

    internal T? GetArgument<T>(int index, JsonTypeInfo<T> contract)
    {
        if (Arguments.IsEmpty)
        {
            return default;
        }

        var reader = new Utf8JsonReader(Arguments.Span);
        reader.Read();
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (index-- == 0)
            {
                return Deserialize(ref reader, contract);
            }

            reader.Skip();
        }

        return default;
    }

    /// <summary>Determines whether an exception reports an invalid argument, which is a fault of the client.</summary>
    internal static bool IsInvalidArgument(Exception exception) => exception.Data.Contains(InvalidArgument);

    private static T? Deserialize<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> contract)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, contract);
        }
        catch (JsonException exception)
        {
            exception.Data[InvalidArgument] = true;
            throw;
        }
    }
}
