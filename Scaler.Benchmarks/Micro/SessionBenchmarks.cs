using BenchmarkDotNet.Attributes;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// Measures the path of an echo without the network, per message: the message is received, handled, queued, framed and written.
/// </summary>
[MemoryDiagnoser]
public class SessionBenchmarks
{
    private const int Batch = 16;
    private InMemorySession _session = null!;
    private byte[] _one = null!;
    private byte[] _batch = null!;

    /// <summary>Gets or sets the length of the message, in bytes.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _session = await InMemorySession.OpenAsync(InMemorySession.CreateRuntime(new EchoHandler()), 0);
        _one = ClientFrame.Encode("4" + new string('x', Size));
        _batch = ClientFrame.Repeat(_one, Batch);
        var before = _session.Transport.Written;
        _session.Transport.Feed(_one);
        if (_session.Transport.Written - before < Size)
        {
            throw new InvalidOperationException("The session does not echo.");
        }
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void EchoSixteenTogether() => _session.Transport.Feed(_batch);

    [Benchmark]
    public void EchoOne() => _session.Transport.Feed(_one);
}
