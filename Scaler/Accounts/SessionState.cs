using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Represents what Scaler stores in a session, out of reach of the application: the identity from the handshake on, and the connection
/// once the session is open.
/// </summary>
internal sealed class SessionState(SessionIdentity identity)
{
    public SessionIdentity Identity => identity;

    /// <summary>Gets the connection, or <see langword="null"/> while the session is being opened.</summary>
    public ScalerConnection? Connection { get; private set; }

    /// <summary>Returns the state of a session, or <see langword="null"/> if the session has none yet.</summary>
    public static SessionState? Find(EngineSession? session) => session?.Owner as SessionState;

    /// <summary>Returns the state of a session whose handshake was authorized.</summary>
    public static SessionState Get(EngineSession session) => (SessionState)session.Owner!;

    /// <summary>Returns the connection of an open session.</summary>
    public static ScalerConnection GetConnection(EngineSession session) => Get(session).Connection!;

    /// <summary>Stores the connection of a session that is being opened.</summary>
    public void Open(ScalerConnection connection) => Connection = connection;
}
