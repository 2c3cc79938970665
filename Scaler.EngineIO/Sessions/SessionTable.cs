using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Stores the sessions of a server by id. A polling session that the server closed can still be found for its last poll, but is
/// no longer counted or listed.
/// </summary>
internal sealed class SessionTable
{
    private readonly ConcurrentDictionary<string, EngineSession> _sessions = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Gets the number of open sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets the open sessions. The enumeration is lazy and reflects sessions that open or close meanwhile.</summary>
    public IEnumerable<EngineSession> OpenSessions
    {
        get
        {
            foreach (var (_, session) in _sessions)
            {
                if (session.State <= EngineSessionState.Open)
                {
                    yield return session;
                }
            }
        }
    }

    /// <summary>
    /// Gets the open and the retained sessions. The enumeration is lazy, as that of <see cref="OpenSessions"/>.
    /// </summary>
    public IEnumerable<EngineSession> AllSessions => _sessions.Select(static pair => pair.Value);

    /// <summary>Adds a session.</summary>
    /// <returns><see langword="true"/> if the session was added; <see langword="false"/> if its id is in use.</returns>
    public bool TryAdd(EngineSession session)
    {
        if (!_sessions.TryAdd(session.Id, session))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Gets a session that is open, or that is retained for its last poll.</summary>
    public bool TryGet(string sid, [NotNullWhen(true)] out EngineSession? session) => _sessions.TryGetValue(sid, out session);

    /// <summary>Removes an ended session from the count.</summary>
    /// <param name="session">The session.</param>
    /// <param name="retain"><see langword="true"/> to keep the session findable until <see cref="Evict"/> is called.</param>
    public void Remove(EngineSession session, bool retain)
    {
        Interlocked.Decrement(ref _count);
        if (!retain)
        {
            Evict(session);
        }
    }

    /// <summary>Removes a retained session, so that it can no longer be found.</summary>
    public void Evict(EngineSession session) => _sessions.TryRemove(new KeyValuePair<string, EngineSession>(session.Id, session));
}
