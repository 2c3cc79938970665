using SharpFuzz;

namespace Scaler.EngineIO.Fuzz;

/// <summary>Replays files through a target, or runs the target under the fuzzer that started this process.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length is 0 or > 2 || !FuzzTargets.All.TryGetValue(args[0], out var target))
        {
            Console.Error.WriteLine("Scaler.EngineIO.Fuzz <target> [folder-or-file]");
            Console.Error.WriteLine("Targets: " + string.Join(", ", FuzzTargets.All.Keys));
            return 2;
        }

        if (args.Length == 2)
        {
            return Replay.Run(target, args[1], Console.Out) ? 0 : 1;
        }

        if (Environment.GetEnvironmentVariable("__LIBFUZZER_SHM_ID") is not null)
        {
            Fuzzer.LibFuzzer.Run(input => GuardedBuffer.Run(target, input));
        }
        else
        {
            // Runs under AFL. Without AFL, runs the target once on standard input.
            Fuzzer.OutOfProcess.Run(stream => GuardedBuffer.Run(target, ReadAll(stream)));
        }

        return 0;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
