using Scaler.Cluster.Membership;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Adapts Engine.IO to Scaler: sessions become connections of accounts, and their messages become events.</summary>
internal sealed class ScalerHandler(ScalerServer server) : IEngineHandler
{
    private readonly Func<string, Account> _getAccount = server.GetAccount;
    private readonly Action<EngineSession> _upgraded = session => server.Membership.Registrar.MarkStale(SessionState.GetConnection(session));

    public async ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken)
    {
        var state = SessionState.Get(session);
        server.Local.AddConnection(
            state.Identity.Account, _getAccount,
            account =>
            {
                // Stored before it is added, so that the close always finds the connection to remove.
                var added = new ScalerConnection(session, account, state.Identity, server.Options);
                state.Open(added);
                return added;
            });
        var connection = state.Connection!;
        session.Upgraded += _upgraded;

        // Register before the client receives the open packet: other servers must find the connection from that moment.
        switch (await server.Membership.Registrar.RegisterAsync(connection))
        {
            case RegisterOutcome.Failed:
                server.Reporter.Raise(ErrorNames.Connect, connection.Account.Name, connection.Id, connection.Account.Name, connection.Id);
                break;
            case RegisterOutcome.LimitReached:
                server.Reporter.Raise(
                    ErrorNames.Limit, connection.Account.Name, connection.Id, connection.Account.Name,
                    $"connections per account: {server.Options.MaxConnectionsPerAccount}");
                connection.BeginClose(EngineCloseReason.Forbidden, "too many connections of this account");
                break;
        }
    }

    public ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken) =>
        server.Messages.DispatchAsync(SessionState.GetConnection(session), message, cancellationToken);

    public async ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason)
    {
        if (SessionState.Find(session)?.Connection is not { } connection)
        {
            return;
        }

        connection.HasEnded = true;
        server.Local.RemoveConnection(connection);
        if (!await server.Membership.Registrar.UnregisterAsync(connection))
        {
            server.Reporter.Raise(ErrorNames.Disconnect, connection.Account.Name, connection.Id, connection.Account.Name, connection.Id);
        }
    }
}
