using Scaler.EngineIO.Fuzz;

namespace Scaler.EngineIO.Tests.Protocol;

/// <summary>Runs the fuzzing targets on their corpus and on random mutations of it.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string, string> Files
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Directory.EnumerateFiles(Corpus, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file));
            }

            return data;
        }
    }

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Target_CorpusFile_Passes(string target, string file)
    {
        GuardedBuffer.Run(FuzzTargets.All[target], File.ReadAllBytes(Path.Combine(Corpus, target, file)));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_MutatedCorpusFiles_Passes(string target)
    {
        var files = Directory.GetFiles(Path.Combine(Corpus, target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        Assert.NotEmpty(files);
        var random = new Random(5489);
        for (var round = 0; round < 3000; round++)
        {
            var input = Mutate(files[random.Next(files.Length)], files[random.Next(files.Length)], random);
            try
            {
                GuardedBuffer.Run(FuzzTargets.All[target], input);
            }
            catch (Exception error)
            {
                Assert.Fail($"{Convert.ToHexString(input)}: {error}");
            }
        }
    }

    [Theory]
    [InlineData("v4-payload", "", 0)]
    [InlineData("v4-payload", "several", 0)]
    [InlineData("v4-payload", "missing", 1)]
    public void Replay_FolderOrFile_ReturnsTrueIfEveryInputPasses(string target, string file, int failed)
    {
        using var output = new StringWriter();
        Assert.Equal(failed == 0, Replay.Run(FuzzTargets.All[target], Path.Combine(Corpus, target, file), output));
    }

    // Joins the start of one file and the end of another, then replaces up to three bytes.
    private static byte[] Mutate(byte[] first, byte[] second, Random random)
    {
        byte[] input = [.. first.AsSpan(0, random.Next(first.Length + 1)), .. second.AsSpan(random.Next(second.Length + 1))];
        for (var count = input.Length == 0 ? 0 : random.Next(4); count > 0; count--)
        {
            input[random.Next(input.Length)] = (byte)random.Next(256);
        }

        return input;
    }
}
