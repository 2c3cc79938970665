using BenchmarkDotNet.Attributes;
using Scaler.EngineIO;

namespace Scaler.Benchmarks.Micro;

/// <summary>A message encoded once and written to a thousand sessions, without the network. Per delivery.</summary>
[MemoryDiagnoser]
public class FanOutBenchmarks
{
    private const int Sessions = 1000;
    private readonly byte[] _text = new byte[64];
    private readonly LoopSession[] _sessions = new LoopSession[Sessions];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var runtime = LoopSession.CreateRuntime(new EchoHandler());
        for (var i = 0; i < Sessions; i++)
        {
            _sessions[i] = await LoopSession.OpenAsync(runtime, i);
        }
    }

    [Benchmark(OperationsPerInvoke = Sessions)]
    public void Broadcast()
    {
        using var message = EngineEncodedMessage.Create(_text, EngineMessageKind.Text);
        foreach (var session in _sessions)
        {
            session.Session.TrySend(message);
        }
    }
}
