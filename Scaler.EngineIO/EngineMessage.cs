using System.Text;

namespace Scaler.EngineIO;

/// <summary>The content of one message packet, as received. It borrows its bytes: copy what must outlive the handler's call.</summary>
public readonly struct EngineMessage(ReadOnlyMemory<byte> data, bool isBinary)
{
    /// <summary>The bytes: UTF-8 for a text message (always valid UTF-8), anything for a binary one.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>Whether the client sent it as binary.</summary>
    public bool IsBinary { get; } = isBinary;

    /// <summary>The bytes as a string, decoded from UTF-8.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Data.Span);
}
