using System.Buffers;
using Scaler.Cluster;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>A client's connection on this server.</summary>
public sealed class ScalerConnection
{
    private readonly ScalerOptions _options;
    private int _slotOfAccount = -1;
    private int _slotOfServer = -1;

    internal ScalerConnection(EngineSession session, Account account, Identity identity, ScalerOptions options)
    {
        (Session, Account, Identity, _options) = (session, account, identity, options);
    }

    /// <summary>The connection's public id: safe to log, store and show.</summary>
    public string Id => Session.ConnectionId;

    /// <summary>The account that it belongs to.</summary>
    public Account Account { get; }

    /// <summary>The user that it is bound to, as the token or the application's own authentication named it; null where nobody did.</summary>
    public string? User => Identity.User;

    /// <summary>The Engine.IO session that carries it.</summary>
    public EngineSession Session { get; }

    /// <summary>Whom it belongs to.</summary>
    internal Identity Identity { get; }

    /// <summary>Where it stands among the connections of its account here; guarded by the account's lock.</summary>
    internal ref int SlotOfAccount => ref _slotOfAccount;

    /// <summary>Where it stands among all connections of this server; guarded by their lock.</summary>
    internal ref int SlotOfServer => ref _slotOfServer;

    /// <summary>Whether it has ended. Set before it is removed from the registry, so that nobody registers it again afterwards.</summary>
    internal bool Ended { get; set; }

    /// <summary>Sends an event to this connection. Waits while its queue is full.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="args">Its arguments; each becomes JSON.</param>
    /// <exception cref="NotSupportedException">An argument cannot be written as JSON.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(string eventName, params IReadOnlyList<object?> args)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        MessageWriter.Write(buffer, eventName, args, _options.Json);
        return Session.SendAsync(buffer.WrittenMemory);
    }

    /// <summary>Sends a received message to this connection as it is, neither decoded nor encoded again. Waits while its queue is full.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(in ScalerMessage message, CancellationToken cancellationToken = default) =>
        Session.SendAsync(
            message.Data, message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text, cancellationToken: cancellationToken);

    /// <summary>Closes it.</summary>
    public ValueTask CloseAsync() => Session.CloseAsync();

    /// <summary>Closes it, and says why: over WebSocket the client reads it in the close frame.</summary>
    /// <param name="reason">The reason, which decides on the code.</param>
    /// <param name="message">At most 123 bytes as UTF-8.</param>
    /// <exception cref="ArgumentException">The message is longer.</exception>
    public ValueTask CloseAsync(EngineCloseReason reason, string message) => Session.CloseAsync(reason, message);

    /// <summary>Closes it without waiting for its end.</summary>
    internal void BeginClose(EngineCloseReason reason = EngineCloseReason.ServerClose) => _ = Session.CloseAsync(reason).AsTask();

    internal void BeginClose(EngineCloseReason reason, string message) => _ = Session.CloseAsync(reason, message).AsTask();

    /// <summary>What the registry finds it by, to remove it.</summary>
    internal RegistryEntry ToName() => new(Account.Name, Id, default);

    /// <summary>What the registry keeps of it.</summary>
    internal RegistryEntry ToEntry()
    {
        var agent = Session.Handshake.Header("User-Agent") ?? "";
        return new RegistryEntry(Account.Name, Id, new ConnectionFacts
        {
            Transport = Session.Transport == EngineTransport.WebSocket ? "websocket" : "polling",
            ProtocolVersion = Session.ProtocolVersion,
            RemoteAddress = Session.Handshake.RemoteAddress?.ToString(),
            UserAgent = agent.Length == 0 ? null : agent.Length > 256 ? agent[..256] : agent,
            SinceUnixMilliseconds = Session.Handshake.At.ToUnixTimeMilliseconds(),
        }.Write());
    }
}
