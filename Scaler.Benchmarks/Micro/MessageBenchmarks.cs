using BenchmarkDotNet.Attributes;

namespace Scaler.Benchmarks.Micro;

/// <summary>Measures Scaler's message layer: decoding a received message, and reading its first argument.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private byte[] _message = null!;

    /// <summary>Gets or sets the length of the argument, in bytes.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _message = System.Text.Encoding.UTF8.GetBytes($$"""{"event":"echo","args":["{{new string('x', Size)}}"]}""");

    /// <summary>Measures the cost of every message: decoding references the received bytes without a copy.</summary>
    [Benchmark]
    public DecodeOutcome Decode() => JsonMessageDecoder.Instance.Decode(_message, false, out _);

    /// <summary>Measures the cost of a message whose handler reads an argument, which allocates its text.</summary>
    [Benchmark]
    public string? DecodeAndReadArgument()
    {
        JsonMessageDecoder.Instance.Decode(_message, false, out var decoded);
        return new ScalerMessage("echo", _message, false, decoded.Arguments, System.Text.Json.JsonSerializerOptions.Web).GetArgument<string>(0);
    }
}
