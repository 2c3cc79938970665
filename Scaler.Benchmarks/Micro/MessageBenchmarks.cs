using BenchmarkDotNet.Attributes;

namespace Scaler.Benchmarks.Micro;

/// <summary>Scaler's own layer: a received message decoded, its first argument read.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private byte[] _message = null!;

    /// <summary>The argument's length in bytes.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _message = System.Text.Encoding.UTF8.GetBytes($$"""{"event":"echo","args":["{{new string('x', Size)}}"]}""");

    /// <summary>What every message costs: it borrows the bytes.</summary>
    [Benchmark]
    public DecodeOutcome Decode() => JsonMessageDecoder.Instance.Decode(_message, false, out _);

    /// <summary>What a handler pays that asks for an argument: the text itself.</summary>
    [Benchmark]
    public string? DecodeAndReadArgument()
    {
        JsonMessageDecoder.Instance.Decode(_message, false, out var decoded);
        return new ScalerMessage("echo", _message, false, decoded.Arguments, System.Text.Json.JsonSerializerOptions.Web).Argument<string>(0);
    }
}
