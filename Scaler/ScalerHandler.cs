using Scaler.Cluster.Membership;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Adapts Engine.IO to Scaler: sessions become connections of accounts, and their messages become events.</summary>
internal sealed class ScalerHandler(ScalerServer server) : IEngineHandler
{
    private readonly Func<string, Account> _getAccount = server.GetAccount;
    private readonly Action<EngineSession> _upgraded = session => server.Membership.MarkStale((ScalerConnection)session.Tag!);

    public async ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken)
    {
        ScalerConnection? connection = null;
        var identity = (SessionIdentity)session.Tag!;
        server.Local.AddConnection(
            identity.Account, _getAccount, account => connection = new ScalerConnection(session, account, identity, server.Options));
        session.Tag = connection;
        session.Upgraded += _upgraded;

        // Register before the client receives the open packet: other servers must find the connection from that moment.
        switch (await server.Membership.RegisterAsync(connection!))
        {
            case RegisterOutcome.Failed:
                server.Reporter.Raise(ErrorNames.Connect, connection!.Account.Name, connection.Id, connection.Account.Name, connection.Id);
                break;
            case RegisterOutcome.LimitReached:
                server.Reporter.Raise(
                    ErrorNames.Limit, connection!.Account.Name, connection.Id, connection.Account.Name,
                    $"connections per account: {server.Options.MaxConnectionsPerAccount}");
                connection.BeginClose(EngineCloseReason.Forbidden, "too many connections of this account");
                break;
        }
    }

    public ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken) =>
        server.Messages.DispatchAsync((ScalerConnection)session.Tag!, message, cancellationToken);

    public async ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason)
    {
        if (session.Tag is not ScalerConnection connection)
        {
            return;
        }

        connection.HasEnded = true;
        server.Local.RemoveConnection(connection);
        if (!await server.Membership.UnregisterAsync(connection))
        {
            server.Reporter.Raise(ErrorNames.Disconnect, connection.Account.Name, connection.Id, connection.Account.Name, connection.Id);
        }
    }
}
