namespace Scaler.Cluster;

/// <summary>
/// Envelopes between servers. Delivery is at most once; what one sender gives the bus for one server arrives there in the
/// order in which it was given. Each send is one round trip, and a second where an account has just appeared on a server.
/// </summary>
internal interface IMessageBus
{
    /// <summary>Gives an envelope to every other server that holds a connection of the account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="sender">The sender's holder: it serves its own connections itself.</param>
    /// <param name="envelope">The envelope. It must stay as it is until the task completes.</param>
    Task<IReadOnlyList<Reach>> SendAsync(string account, string sender, ReadOnlyMemory<byte> envelope);

    /// <summary>Gives an envelope to every other live server.</summary>
    Task<IReadOnlyList<Reach>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope);

    /// <summary>Gives an envelope to one holder.</summary>
    /// <returns>Whether somebody listened, as far as can be known.</returns>
    Task<bool> TellAsync(string holder, ReadOnlyMemory<byte> envelope);

    /// <summary>
    /// Listens for the envelopes of a holder. When the task completes, what is sent arrives. They are received one after the other; the
    /// receiver must not wait for anything.
    /// </summary>
    /// <param name="holder">Whose envelopes.</param>
    /// <param name="receive">What is called with each.</param>
    /// <param name="anew">Whether to listen over a new connection, because the one in use brings nothing any more.</param>
    Task<IAsyncDisposable> ListenAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool anew = false);
}
