using System.Buffers;
using BenchmarkDotNet.Attributes;
using Scaler.Benchmarks.Load.Wire;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.Benchmarks.Micro;

/// <summary>Measures the codecs between bytes and packets, for both transports, per packet.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private const int Packets = 16;
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private byte[] _payload = null!;
    private byte[] _frames = null!;
    private byte[] _work = null!;
    private byte[] _text = null!;

    /// <summary>Gets or sets the length of the message, in bytes.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _text = [.. Enumerable.Repeat((byte)'x', Size)];
        WritePayload();
        _payload = _output.WrittenSpan.ToArray();
        _frames = ClientFrame.Repeat(ClientFrame.Encode("4" + new string('x', Size)), Packets);
        _work = new byte[_frames.Length];
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int ReadPayload()
    {
        var (position, count) = (0, 0);
        while (PayloadCodec.Read(_payload, ref position, out _, out _) == PayloadReadResult.Packet)
        {
            count++;
        }

        return count;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public void WritePayload()
    {
        _output.ResetWrittenCount();
        for (var i = 0; i < Packets; i++)
        {
            PayloadCodec.Write(_output, i == 0, PacketType.Message, PacketBodyFormat.Text, _text);
        }
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int ReadFrames()
    {
        _frames.CopyTo(_work, 0);
        var (position, count) = (0, 0);
        while (FrameHeader.TryParse(_work.AsSpan(position), false, out var header, out var consumed, out _) == FrameParseResult.Complete)
        {
            FrameMask.Apply(_work.AsSpan(position + consumed, (int)header.Length), header.Mask);
            position += consumed + (int)header.Length;
            count++;
        }

        return count;
    }
}
