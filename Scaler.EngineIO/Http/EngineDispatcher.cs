using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Limits;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Routes each Engine.IO request to its endpoint and rejects invalid requests. The order of the checks is part of the protocol:
/// transport, session, then, for handshakes, method and version. The origin is checked before all of them.
/// </summary>
internal sealed partial class EngineDispatcher : IDisposable
{
    private const int SidBytes = 24;
    private const int ConnectionIdBytes = 12;

    private readonly EngineRuntime _runtime;
    private readonly EngineIOOptions _options;
    private readonly OriginPolicy _origins;
    private readonly RefusedOriginLog _refusedOrigins;
    private readonly EngineCors? _cors;
    private readonly PollingEndpoint _polling;
    private readonly WebSocketEndpoint _webSocket;
    private readonly HandshakeLimiter? _handshakes;

    public EngineDispatcher(EngineRuntime runtime)
    {
        _runtime = runtime;
        _options = runtime.Options;
        _origins = new OriginPolicy(_options.Cors);
        _refusedOrigins = new RefusedOriginLog(runtime.Logger, runtime.Time);
        _cors = _options.Cors.Enabled ? new EngineCors(_options.Cors, _origins) : null;
        _polling = new PollingEndpoint(runtime);
        _webSocket = new WebSocketEndpoint(runtime);
        _handshakes = _options.MaxHandshakesPerAddress > 0
            ? new HandshakeLimiter(_options.MaxHandshakesPerAddress, _options.HandshakeWindow, runtime.Time)
            : null;
    }

    public Task InvokeAsync(HttpContext context)
    {
        // Polls contain text that other clients chose. No browser may take it for a page or a script.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (_cors is not null)
        {
            _cors.Apply(context);
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            }
        }

        var request = EngineRequest.Read(context);
        var acceptsJsonp = request.IsJsonp && _options.AllowJsonp;
        if (!(acceptsJsonp ? _origins.AllowsJsonp(context.Request) : _origins.IsAllowed(context.Request)))
        {
            _refusedOrigins.Write(context.Request, acceptsJsonp);
            return RefuseAsync(context, request, EngineErrorCode.Forbidden, "Origin not allowed", tag: "origin");
        }

        if (!IsAllowed(request.Transport))
        {
            return RefuseAsync(context, request, EngineErrorCode.UnknownTransport);
        }

        if (request.IsJsonp && !acceptsJsonp)
        {
            return RefuseAsync(context, request, EngineErrorCode.BadRequest, "JSONP is disabled", tag: "jsonp");
        }

        return request.Sid is null ? HandshakeAsync(context, request) : ContinueAsync(context, request, request.Sid);
    }

    public void Dispose() => _handshakes?.Dispose();

    private bool IsAllowed(EngineTransport? transport) => transport switch
    {
        EngineTransport.Polling => _runtime.AllowsPolling,
        EngineTransport.WebSocket => _runtime.AllowsWebSocket,
        _ => false,
    };

    private async Task ContinueAsync(HttpContext context, EngineRequest request, string sid)
    {
        if (!_runtime.Table.TryGet(sid, out var session))
        {
            if (sid.Length == 0 || !await TryForwardAsync(context, sid))
            {
                await RefuseAsync(context, request, EngineErrorCode.UnknownSession);
            }

            return;
        }

        session.CloseIfHeartbeatOverdue();
        if (session.State == EngineSessionState.Closed)
        {
            await RefuseAsync(context, request, EngineErrorCode.UnknownSession);
        }
        else if (_options.ValidateSessionRequest is { } validate && !await validate(context, session))
        {
            await RefuseAsync(context, request, EngineErrorCode.Forbidden);
        }
        else if ((request.Version == 4 ? 4 : 3) != session.ProtocolVersion)
        {
            // As in the reference implementation, any version other than 4 counts as 3 here.
            await RefuseAsync(context, request, EngineErrorCode.BadRequest);
        }
        else if (request.IsUpgrade)
        {
            await UpgradeAsync(context, request, session);
        }
        else if (request.Transport != EngineTransport.Polling || session.Transport != EngineTransport.Polling)
        {
            await RefuseAsync(context, request, EngineErrorCode.BadRequest);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            if (!await _polling.PollAsync(context, request, session))
            {
                await RefuseAsync(
                    context, request,
                    session.State == EngineSessionState.Open ? EngineErrorCode.BadRequest : EngineErrorCode.UnknownSession);
            }
        }
        else if (!HttpMethods.IsPost(context.Request.Method))
        {
            await RefuseAsync(context, request, EngineErrorCode.BadHandshakeMethod);
        }
        else if (!await _polling.PostAsync(context, request, session))
        {
            await RefuseAsync(context, request, EngineErrorCode.BadRequest);
        }
    }

    private async ValueTask<bool> TryForwardAsync(HttpContext context, string sid)
    {
        if (_options.UnknownSessionAsync is not { } forward)
        {
            return false;
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            // The other server may hold the poll request, so detect a client that disconnects meanwhile.
            context.Features.Get<IDisconnectDetectionFeature>()?.WatchForDisconnect();
        }

        return await forward(context, sid);
    }

    private async Task UpgradeAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        if (request.Transport != EngineTransport.WebSocket || !_runtime.AllowsUpgrades || !WebSocketEndpoint.IsValid(context))
        {
            await RefuseAsync(context, request, EngineErrorCode.BadRequest);
            return;
        }

        _options.OnHeaders?.Invoke(context.Response.Headers, context);
        if (await _webSocket.AcceptAsync(context) is not { } socket)
        {
            await RefuseFullAsync(context, request, EngineLimit.WebSockets);
            return;
        }

        socket.BeginUpgrade(session);
        await socket.ServeAsync();
    }

    private async Task HandshakeAsync(HttpContext context, EngineRequest request)
    {
        if (_handshakes is not null && !_handshakes.TryAcquire(context.Connection.RemoteIpAddress, out var retryAfter))
        {
            await RefuseHandshakeAsync(context, request, retryAfter);
            return;
        }

        if (CheckHandshake(context, request) is { } error)
        {
            await RefuseAsync(context, request, error);
            return;
        }

        if (!_runtime.AcceptsHandshakes)
        {
            await RefuseAsync(
                context, request, EngineErrorCode.BadRequest, "The server takes no new sessions",
                StatusCodes.Status503ServiceUnavailable, "not_accepting");
            return;
        }

        if (_runtime.Capacity.FindExceeded(context) is { } limit)
        {
            await RefuseFullAsync(context, request, limit);
            return;
        }

        var authorization = EngineAuthorization.Allow;
        if (_options.AuthorizeAsync is { } authorize)
        {
            authorization = await authorize(context);
            if (authorization.IsRefused)
            {
                await RefuseAsync(
                    context, request,
                    authorization.IsBadRequest ? EngineErrorCode.BadRequest : EngineErrorCode.Forbidden, authorization.Message);
                return;
            }

            // Other handshakes may have taken the last place meanwhile.
            if (_runtime.Capacity.FindExceeded(context) is { } reached)
            {
                await RefuseFullAsync(context, request, reached);
                return;
            }
        }

        var session = TryCreate(context, request);
        if (session is null)
        {
            await RefuseAsync(context, request, EngineErrorCode.BadRequest);
            return;
        }

        session.Authorize(authorization);
        WebSocketConnection? socket;
        try
        {
            socket = await OpenAsync(context, request, session);
        }
        catch
        {
            // The client did not receive the handshake response, so no request would ever use the session.
            session.Close(EngineCloseReason.TransportError);
            throw;
        }

        if (socket is not null)
        {
            await socket.ServeAsync();
        }
    }

    private Task RefuseHandshakeAsync(HttpContext context, in EngineRequest request, TimeSpan retryAfter)
    {
        if (_handshakes!.TryAcquireNotification())
        {
            _runtime.ReportLimitReached(EngineLimit.Handshakes, null, context);
        }
        else
        {
            _runtime.Metrics.LimitReached(EngineLimit.Handshakes);
        }

        context.Response.Headers.RetryAfter =
            Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(
            context, request, EngineErrorCode.BadRequest, "Too many handshakes from this address",
            StatusCodes.Status429TooManyRequests, "handshakes");
    }

    /// <summary>
    /// Refuses a request because of a limit of the server as a whole. The client may find room on another server.
    /// </summary>
    private Task RefuseFullAsync(HttpContext context, in EngineRequest request, EngineLimit limit)
    {
        if (_runtime.Capacity.CountRefusal(limit))
        {
            _runtime.ReportLimitReached(limit, null, context);
        }
        else
        {
            _runtime.Metrics.LimitReached(limit);
        }

        var headers = context.Response.Headers;
        headers.RetryAfter = ServerCapacity.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // Frees the connection, whose descriptor is the scarce resource.
            headers.Connection = "close";
        }

        return RefuseAsync(
            context, request, EngineErrorCode.BadRequest, "The server is full", StatusCodes.Status503ServiceUnavailable, "full");
    }

    /// <summary>Opens the session and writes the handshake response.</summary>
    /// <returns>The WebSocket that the caller must serve, or <see langword="null"/> for polling.</returns>
    private async ValueTask<WebSocketConnection?> OpenAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        var headers = context.Response.Headers;
        if (request.Transport == EngineTransport.Polling && _options.Cookie.Enabled)
        {
            EngineCookie.Append(context.Response, _options.Cookie, session.Id);
        }

        _options.OnInitialHeaders?.Invoke(headers, context);
        if (request.Transport == EngineTransport.Polling)
        {
            await session.OpenAsync();
            if (!await _polling.WriteHandshakeAsync(context, request, session))
            {
                await RefuseAsync(context, request, EngineErrorCode.Forbidden, session.CloseResult.Message);
            }

            return null;
        }

        _options.OnHeaders?.Invoke(headers, context);
        if (await _webSocket.AcceptAsync(context) is not { } socket)
        {
            session.Close(EngineCloseReason.TransportError);
            await RefuseFullAsync(context, request, EngineLimit.WebSockets);
            return null;
        }

        await socket.OpenAsync(session);
        return socket;
    }

    private EngineErrorCode? CheckHandshake(HttpContext context, in EngineRequest request)
    {
        var isConnect = HttpMethods.IsConnect(context.Request.Method) && request.IsUpgrade;
        if (!HttpMethods.IsGet(context.Request.Method) && !isConnect)
        {
            return EngineErrorCode.BadHandshakeMethod;
        }

        if (request.IsUpgrade != (request.Transport == EngineTransport.WebSocket)
            || (request.IsUpgrade && !WebSocketEndpoint.IsValid(context)))
        {
            return EngineErrorCode.BadRequest;
        }

        return request.Version == 4 || (request.Version == 3 && _options.AllowV3) ? null : EngineErrorCode.UnsupportedVersion;
    }

    private EngineSession? TryCreate(HttpContext context, in EngineRequest request)
    {
        string sid;
        try
        {
            sid = _options.GenerateId?.Invoke(context) ?? RandomId(SidBytes);
        }
        catch (Exception exception)
        {
            Log.GenerateIdThrew(_runtime.Logger, LogText.Escape(exception));
            return null;
        }

        var session = new EngineSession(
            _runtime, sid, RandomId(ConnectionIdBytes), request.Version, request.Base64Only, request.Transport!.Value,
            new EngineHandshake(context, _options, _runtime.Time.GetUtcNow()));
        return sid.Length > 0 && _runtime.Table.TryAdd(session) ? session : null;
    }

    private static string RandomId(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    private Task RefuseAsync(
        HttpContext context, in EngineRequest request, EngineErrorCode error,
        string? message = null, int? status = null, string? tag = null)
    {
        message ??= error.GetMessage();
        _runtime.Metrics.RequestRefused(tag ?? error.GetErrorType());
        _options.OnConnectionError?.Invoke(new EngineConnectionError((int)error, message, context));
        return EngineErrorResponse.WriteAsync(context, request.IsUpgrade, status ?? error.GetStatusCode(), error, message);
    }
}
