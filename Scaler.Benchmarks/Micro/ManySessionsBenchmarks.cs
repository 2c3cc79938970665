using BenchmarkDotNet.Attributes;
using Scaler.Benchmarks.Load.Wire;
using Scaler.EngineIO;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// What an echo costs, and a delivery of a message that is encoded once, where it is one session's turn after the other's, of ever more: none is in
/// the processor's caches any more when it has its next. Without the network, of which a process may not have so many connections everywhere.
/// </summary>
[MemoryDiagnoser]
public class ManySessionsBenchmarks
{
    // Each invocation goes on where the last one has ended.
    private const int Turns = 1000;
    private readonly byte[] _text = new byte[64];
    private readonly byte[] _frame = ClientFrame.Encode("4" + new string('x', 64));
    private LoopSession[] _sessions = [];
    private int _next;

    /// <summary>How many sessions there are.</summary>
    [Params(1000, 10_000, 50_000)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var runtime = LoopSession.CreateRuntime(new EchoHandler());
        _sessions = new LoopSession[Sessions];
        for (var i = 0; i < Sessions; i++)
        {
            _sessions[i] = await LoopSession.OpenAsync(runtime, i);
        }
    }

    [Benchmark(OperationsPerInvoke = Turns)]
    public void Echo()
    {
        for (var turn = 0; turn < Turns; turn++)
        {
            Next().Transport.Feed(_frame);
        }
    }

    [Benchmark(OperationsPerInvoke = Turns)]
    public void Broadcast()
    {
        using var message = EngineEncodedMessage.Create(_text, EngineMessageKind.Text);
        for (var turn = 0; turn < Turns; turn++)
        {
            Next().Session.TrySend(message);
        }
    }

    private LoopSession Next()
    {
        var session = _sessions[_next];
        _next = _next + 1 < _sessions.Length ? _next + 1 : 0;
        return session;
    }
}
