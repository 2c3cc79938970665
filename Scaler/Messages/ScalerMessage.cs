using System.Text.Json;

namespace Scaler;

/// <summary>A received message. It borrows its bytes: what outlives the handler's call must be copied.</summary>
public readonly struct ScalerMessage
{
    private readonly JsonSerializerOptions _json;

    internal ScalerMessage(string eventName, ReadOnlyMemory<byte> data, bool isBinary, ReadOnlyMemory<byte> arguments, JsonSerializerOptions json)
    {
        (Event, Data, IsBinary, Arguments, _json) = (eventName, data, isBinary, arguments, json);
    }

    /// <summary>The event's name.</summary>
    public string Event { get; }

    /// <summary>The whole message as the client sent it. Sent on, it is neither decoded nor encoded again.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Whether the client sent it as a binary message.</summary>
    public bool IsBinary { get; }

    /// <summary>The arguments as a JSON array in UTF-8; empty means none.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Reads one of the arguments.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <returns>The argument, or the default of <typeparamref name="T"/> where there are fewer.</returns>
    /// <exception cref="JsonException">The argument is not what <typeparamref name="T"/> needs.</exception>
    public T? Argument<T>(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
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
                return JsonSerializer.Deserialize<T>(ref reader, _json);
            }

            reader.Skip();
        }

        return default;
    }
}
