namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Implements Engine.IO with JSON messages, as Scaler uses it.</summary>
internal sealed class ScalerDialect() : EngineDialect("/stream/")
{
    public override string Message(string text) => $$"""4{"event":"echo","args":["{{text}}"]}""";

    public override string Chat(string text) => $$"""4{"event":"chat","args":["{{text}}"]}""";
}
