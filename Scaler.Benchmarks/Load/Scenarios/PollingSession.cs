using System.Text;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// A polling session that posts numbered messages and verifies that each poll holds exactly the posted message.
/// </summary>
internal sealed class PollingSession : IDisposable
{
    // Separates the packets of a payload in Engine.IO 4.
    private const byte Separator = 0x1E;
    private readonly ServerKind _kind;
    private readonly string _target;
    private readonly HttpConnection _poll;
    private readonly HttpConnection _post;
    private readonly MessageCheck _check;
    private readonly NumberedRequest _message;
    private readonly byte[] _get;
    private readonly byte[]? _pong;
    private long _sent;

    private PollingSession(
        ServerKind kind, string target, HttpConnection poll, HttpConnection post, NumberedText text, int client)
    {
        _kind = kind;
        _target = target;
        _poll = poll;
        _post = post;
        _check = new MessageCheck(text, $"{kind.Name}, account-{client}");
        _message = new NumberedRequest(HttpConnection.Post(target, kind.Protocol.Message(text.Template)), text);
        _get = HttpConnection.Get(target);
        _pong = kind.Protocol.Pong is { } pong ? HttpConnection.Post(target, pong) : null;
    }

    /// <summary>Gets the server, the account and the number of the message that the session waits for.</summary>
    public string State => $"{_check.Receiver} waits for message {_check.Next}";

    /// <summary>Opens a session on the first server.</summary>
    /// <param name="group">The servers.</param>
    /// <param name="via">The zero-based index of the server that receives the requests after the first.</param>
    /// <param name="client">The number of the client.</param>
    /// <param name="text">The format of the messages.</param>
    /// <param name="cancellationToken">The token to cancel the operation.</param>
    public static async Task<PollingSession> OpenAsync(
        ServerGroup group, int via, int client, NumberedText text, CancellationToken cancellationToken)
    {
        var target = await OpenAsync(group, client, cancellationToken);
        var poll = await HttpConnection.OpenAsync(group.EndPoint(via), cancellationToken);
        var post = await HttpConnection.OpenAsync(group.EndPoint(via), cancellationToken);
        return new PollingSession(group.Kind, target, poll, post, text, client);
    }

    /// <summary>Opens a session on the first server and returns the target of its requests.</summary>
    public static async Task<string> OpenAsync(ServerGroup group, int client, CancellationToken cancellationToken)
    {
        if (group.Kind.Protocol is PlainProtocol)
        {
            return $"/poll?id={client}";
        }

        var target = group.Kind.Protocol.Target($"account-{client}")
            .Replace("transport=websocket", "transport=polling", StringComparison.Ordinal);
        using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
        var (status, body) = await http.SendAsync(HttpConnection.Get(target));
        var answer = Encoding.ASCII.GetString(body.Span);
        if (status != 200)
        {
            throw new IOException($"{group.Kind.Name}: a handshake over polling was answered with {status} {answer}");
        }

        // 0{"sid":"...","upgrades":...}
        return $"{target}&sid={answer.Split("\"sid\":\"")[1].Split('"')[0]}";
    }

    /// <summary>Posts the next message while a poll waits, and verifies that the poll returns its echo.</summary>
    public async Task RoundTripAsync()
    {
        var waiting = _poll.SendAsync(_get);
        Check(await _post.SendAsync(_message.Write(_sent++)));
        while (true)
        {
            Read(Check(await waiting).Span, out var pinged);
            if (pinged)
            {
                Check(await _post.SendAsync(_pong));
            }

            if (_check.Next == _sent)
            {
                return;
            }

            waiting = _poll.SendAsync(_get);
        }
    }

    /// <summary>Closes the session.</summary>
    public async Task CloseAsync()
    {
        if (_kind.Protocol is not PlainProtocol)
        {
            await _post.SendAsync(HttpConnection.Post(_target, "1"));
        }
    }

    public void Dispose()
    {
        _poll.Dispose();
        _post.Dispose();
    }

    private void Read(ReadOnlySpan<byte> body, out bool pinged)
    {
        pinged = false;
        foreach (var range in body.Split(Separator))
        {
            var packet = body[range];
            if (packet.IsEmpty)
            {
                throw Unexpected(body);
            }

            switch (_kind.Protocol.Read(ref packet, out var text))
            {
                case FrameKind.Message:
                    _check.Verify(text);
                    break;
                case FrameKind.Ping:
                    pinged = true;
                    break;
                default:
                    throw Unexpected(body);
            }
        }
    }

    private InvalidDataException Unexpected(ReadOnlySpan<byte> body) =>
        new($"{State}, but a poll was answered with \"{Encoding.ASCII.GetString(body)}\".");

    private ReadOnlyMemory<byte> Check((int Status, ReadOnlyMemory<byte> Body) answer) => answer.Status == 200
        ? answer.Body
        : throw new IOException(
            $"{State}, but a request was answered with {answer.Status} {Encoding.ASCII.GetString(answer.Body.Span)}");
}
