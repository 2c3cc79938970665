namespace Scaler.Cluster.Redis;

/// <summary>Connections on their way to Redis, to be registered or removed, and the waiting for it.</summary>
/// <param name="holder">Who holds them.</param>
/// <param name="entries">The connections.</param>
/// <param name="limit">How many an account may have, 0 for any number; <see cref="Remove"/> where they are removed.</param>
internal sealed class RegistryWrite(string holder, ArraySegment<RegistryEntry> entries, int limit)
    : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously), IGroupEntry
{
    /// <summary>The limit that means removal, as <c>Scripts/registrations.lua</c> reads it.</summary>
    public const int Remove = -1;

    /// <summary>About what a connection takes, here too; facts are cut to some hundred bytes.</summary>
    private const int BytesOfEach = 512;

    public string Holder => holder;

    public ArraySegment<RegistryEntry> Connections => entries;

    public int Limit => limit;

    public int Entries => entries.Count;

    public int Bytes => BytesOfEach * (1 + entries.Count);

    public void Fail(Exception exception) => TrySetException(exception);
}
