using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Represents what Scaler stores in <see cref="EngineSession.Tag"/>: the owner of the session from the handshake on, and the
/// connection once the session is open.
/// </summary>
internal sealed class SessionState(SessionIdentity identity)
{
    public SessionIdentity Identity => identity;

    /// <summary>Gets the connection, or <see langword="null"/> while the session is being opened.</summary>
    public ScalerConnection? Connection { get; private set; }

    /// <summary>Returns the state of a session, or <see langword="null"/> if the session has none yet.</summary>
    public static SessionState? Find(EngineSession? session) => session?.Tag as SessionState;

    /// <summary>Returns the connection of an open session.</summary>
    public static ScalerConnection GetConnection(EngineSession session) => ((SessionState)session.Tag!).Connection!;

    /// <summary>Stores the connection of a session that is being opened.</summary>
    public void Open(ScalerConnection connection) => Connection = connection;
}
