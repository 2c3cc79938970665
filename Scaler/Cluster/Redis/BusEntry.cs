namespace Scaler.Cluster.Redis;

/// <summary>An envelope on its way to Redis, and the waiting for what it reached.</summary>
/// <param name="kind">Whom it is for.</param>
/// <param name="name">The name of the account or the holder; empty where it is for all.</param>
/// <param name="sender">The sender's holder.</param>
/// <param name="envelope">The envelope.</param>
internal sealed class BusEntry(char kind, string name, string sender, ReadOnlyMemory<byte> envelope)
    : TaskCompletionSource<IReadOnlyList<Reach>>(TaskCreationOptions.RunContinuationsAsynchronously), IGroupEntry
{
    // As Scripts/send.lua reads them.
    public const char ToAccount = 'a';
    public const char ToAll = 'b';
    public const char ToHolder = 'h';

    /// <summary>For a holder of an account that was not known to be one when the others were given the envelope.</summary>
    public const char ToMissed = 'm';

    /// <summary>About what an entry takes beside its envelope, here too.</summary>
    private const int Overhead = 256;

    public char Kind => kind;

    public string Name => name;

    public string Sender => sender;

    public ReadOnlyMemory<byte> Envelope => envelope;

    public int Entries => 1;

    public int Bytes => Overhead + envelope.Length;

    public void Fail(Exception exception) => TrySetException(exception);
}
