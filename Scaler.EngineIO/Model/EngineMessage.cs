using System.Text;

namespace Scaler.EngineIO;

/// <summary>
/// Represents a received message, or a message of a group to send. The bytes of a received message are valid only until the
/// handler's task completes; copy bytes that are needed longer.
/// </summary>
/// <param name="data">The message bytes; valid UTF-8 for text.</param>
/// <param name="isBinary"><see langword="true"/> if the message is binary; <see langword="false"/> if it is text.</param>
public readonly struct EngineMessage(ReadOnlyMemory<byte> data, bool isBinary)
{
    /// <summary>Gets the message bytes. The bytes of a text message are always valid UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>Gets a value indicating whether the message is binary.</summary>
    public bool IsBinary { get; } = isBinary;

    /// <summary>Decodes the message bytes from UTF-8.</summary>
    /// <returns>The message as a string.</returns>
    public override string ToString() => Encoding.UTF8.GetString(Data.Span);
}
