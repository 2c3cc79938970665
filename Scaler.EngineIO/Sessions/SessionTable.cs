using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// The sessions of a server by their id: the only place that adds and removes them. A polling session that the server closed
/// stays findable for its last poll, but is no longer counted or listed.
/// </summary>
internal sealed class SessionTable
{
    private readonly ConcurrentDictionary<string, EngineSession> _sessions = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The sessions that are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The sessions that are open; a snapshot that moves on while it is read.</summary>
    public IEnumerable<EngineSession> Open
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

    /// <summary>Adds a session; false when its id is in use.</summary>
    public bool TryAdd(EngineSession session)
    {
        if (!_sessions.TryAdd(session.Id, session))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Finds a session that is open, or that keeps its last words for a poll.</summary>
    public bool TryGet(string sid, [NotNullWhen(true)] out EngineSession? session) => _sessions.TryGetValue(sid, out session);

    /// <summary>A session has ended. When it is retained, <see cref="Forget"/> follows.</summary>
    public void Remove(EngineSession session, bool retain)
    {
        Interlocked.Decrement(ref _count);
        if (!retain)
        {
            Forget(session);
        }
    }

    /// <summary>Drops the last trace of a session.</summary>
    public void Forget(EngineSession session) => _sessions.TryRemove(new KeyValuePair<string, EngineSession>(session.Id, session));
}
