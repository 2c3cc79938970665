using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>Represents an envelope that is queued for Redis, and its pending delivery result.</summary>
/// <param name="kind">The kind of recipient, one of the constants of this class.</param>
/// <param name="name">The name of the account or the server epoch; empty for a broadcast.</param>
/// <param name="sender">The name of the sending server epoch.</param>
/// <param name="envelope">The envelope.</param>
internal sealed class PendingPublish(char kind, string name, string sender, ReadOnlyMemory<byte> envelope)
    : TaskCompletionSource<IReadOnlyList<DeliveryResult>>(TaskCreationOptions.RunContinuationsAsynchronously), IBatchEntry
{
    // The letters are defined by send.lua.
    public const char ToAccount = 'a';
    public const char ToAll = 'b';
    public const char ToServer = 'h';

    /// <summary>
    /// For a server epoch that holds the account but was missing from its cached location when the envelope was published.
    /// </summary>
    public const char ToMissedServer = 'm';

    /// <summary>The approximate size of an entry without its envelope, in bytes, both in memory and in a call.</summary>
    private const int Overhead = 256;

    public char Kind => kind;

    public string Name => name;

    public string Sender => sender;

    public ReadOnlyMemory<byte> Envelope => envelope;

    public int OperationCount => 1;

    public int Bytes => Overhead + envelope.Length;

    public void Fail(Exception exception) => TrySetException(exception);
}
