using BenchmarkDotNet.Attributes;
using Scaler.Benchmarks.Load.Wire;
using Scaler.EngineIO;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// Measures an echo, and the delivery of a broadcast message, in turn over a growing number of sessions. With many sessions, a
/// session's data has left the processor's caches before its next turn. The sessions have no network connections: some systems do
/// not allow a process that many.
/// </summary>
[MemoryDiagnoser]
public class ManySessionsBenchmarks
{
    // Each invocation continues with the session after the last one.
    private const int Turns = 1000;
    private readonly byte[] _text = new byte[64];
    private readonly byte[] _frame = ClientFrame.Encode("4" + new string('x', 64));
    private InMemorySession[] _sessions = [];
    private int _next;

    /// <summary>Gets or sets the number of sessions.</summary>
    [Params(1000, 10_000, 50_000)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var runtime = InMemorySession.CreateRuntime(new EchoHandler());
        _sessions = new InMemorySession[Sessions];
        for (var i = 0; i < Sessions; i++)
        {
            _sessions[i] = await InMemorySession.OpenAsync(runtime, i);
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

    private InMemorySession Next()
    {
        var session = _sessions[_next];
        _next = _next + 1 < _sessions.Length ? _next + 1 : 0;
        return session;
    }
}
