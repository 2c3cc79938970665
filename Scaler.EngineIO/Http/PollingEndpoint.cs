using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Handles the requests of polling sessions: GET receives packets, POST sends them. The dispatcher passes only sessions that
/// started with polling, so <see cref="EngineSession.Polling"/> is not null.
/// </summary>
internal sealed class PollingEndpoint(EngineRuntime runtime)
{
    private readonly EngineIOOptions _options = runtime.Options;

    /// <summary>Writes the handshake response.</summary>
    /// <returns>
    /// <see langword="false"/> if the application has closed the session as <see cref="EngineCloseReason.Forbidden"/>, so the
    /// caller must refuse the handshake; otherwise, <see langword="true"/>.
    /// </returns>
    public async Task<bool> WriteHandshakeAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            session.Close(EngineCloseReason.TransportClose);
        }

        var packets = new List<OutboundPacket>();
        var closed = session.Polling!.DequeueHandshakePackets(packets);
        if (closed && session.CloseResult.Reason == EngineCloseReason.Forbidden)
        {
            packets.ForEach(static packet => packet.Release());
            session.CompleteClose();
            return false;
        }

        var dequeued = packets.Count;
        if (closed)
        {
            packets.Add(OutboundPacket.Empty(PacketType.Close));
        }

        await WritePacketsAsync(context, request, session, packets, dequeued);
        if (closed)
        {
            session.CompleteClose();
        }

        return true;
    }

    /// <summary>Answers a poll request, immediately or as soon as the session has packets.</summary>
    /// <returns>
    /// <see langword="false"/> if the session has ended or is no longer on polling, so the caller must refuse the request;
    /// otherwise, <see langword="true"/>.
    /// </returns>
    public async Task<bool> PollAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        var packets = new List<OutboundPacket>();
        var polling = session.Polling!;
        var outcome = polling.BeginPoll(packets, out var waiter);
        if (waiter is not null)
        {
            // RequestAborted fires if the client disconnected or the request was aborted. There is no client to respond to.
            using (context.RequestAborted.UnsafeRegister(
                static state => ((PollAbort)state!).Abort(), new PollAbort(polling, waiter)))
            {
                context.Features.Get<IDisconnectDetectionFeature>()?.WatchForDisconnect();
                context.Features.Get<IPollReleaseFeature>()?.OnReleaseRequested(waiter.OutputAvailable);
                await waiter.Released;
            }

            outcome = polling.EndPoll(waiter, packets);
        }

        var dequeued = packets.Count;
        switch (outcome)
        {
            case PollOutcome.SessionEnded or PollOutcome.WrongTransport:
                return false;
            case PollOutcome.Duplicate:
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return true;
            case PollOutcome.Noop:
                packets.Add(OutboundPacket.Empty(PacketType.Noop));
                break;
            case PollOutcome.Close:
                packets.Add(OutboundPacket.Empty(PacketType.Close));
                break;
            case PollOutcome.NoopAndClose:
                packets.Add(OutboundPacket.Empty(PacketType.Noop));
                packets.Add(OutboundPacket.Empty(PacketType.Close));
                break;
        }

        await WritePacketsAsync(context, request, session, packets, dequeued);
        if (waiter is not null && session.State == EngineSessionState.Closing)
        {
            session.CompleteClose();
        }

        return true;
    }

    /// <summary>Reads and handles a post request.</summary>
    /// <returns><see langword="false"/> if the caller must refuse a bad request; otherwise, <see langword="true"/>.</returns>
    public async Task<bool> PostAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        var isBinary = IsBinary(context.Request.ContentType);
        if (isBinary && session.ProtocolVersion == 4)
        {
            session.Close(EngineCloseReason.ParseError);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return true;
        }

        var posts = session.Polling!.Posts;
        if (!posts.TryBeginPost(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return true;
        }

        PayloadOutcome outcome;
        try
        {
            using var body = new PooledBuffer();
            if (!await ReadBodyAsync(context, session, body))
            {
                return true;
            }

            outcome = await ReceiveAsync(request, posts, body, isBinary);
            await session.Polling.WaitForLastPollAsync();
        }
        finally
        {
            // End the post before writing the response: the client may post again as soon as the response arrives.
            posts.EndPost();
        }

        if (outcome == PayloadOutcome.RateLimited)
        {
            await EngineErrorResponse.WriteAsync(
                context, asText: false, StatusCodes.Status429TooManyRequests, EngineErrorCode.BadRequest,
                session.CloseResult.Message ?? "rate limit");
            return true;
        }

        if (outcome != PayloadOutcome.Accepted)
        {
            return false;
        }

        _options.OnHeaders?.Invoke(context.Response.Headers, context);
        context.Response.Headers.CacheControl = "no-store";
        // Not text/plain: some browsers show a download dialog for it.
        context.Response.ContentType = "text/html";
        context.Response.ContentLength = 2;
        await context.Response.Body.WriteAsync("ok"u8.ToArray(), context.RequestAborted);
        return true;
    }

    private static async ValueTask<PayloadOutcome> ReceiveAsync(
        EngineRequest request, PostReceiver posts, PooledBuffer body, bool isBinary)
    {
        if (isBinary)
        {
            return await posts.ReceivePayloadAsync(body.Memory, isBinary: true);
        }

        if (request.JsonpIndex is null)
        {
            return await posts.ReceivePayloadAsync(Utf8Text.ReplaceInvalidSequences(body.Memory), isBinary: false);
        }

        using var payload = new PooledBuffer(Math.Max(256, body.Length));
        // A form without the field "d" counts as an empty payload.
        _ = Jsonp.TryReadForm(body.Span, payload);
        return await posts.ReceivePayloadAsync(Utf8Text.ReplaceInvalidSequences(payload.Memory), isBinary: false);
    }

    /// <summary>Reads the request body and enforces <see cref="EngineIOOptions.MaxPayload"/>.</summary>
    /// <returns>
    /// <see langword="true"/> if the whole body was read; otherwise, <see langword="false"/>. The session is then closed, and the
    /// status code is set unless the request was aborted.
    /// </returns>
    private async Task<bool> ReadBodyAsync(HttpContext context, EngineSession session, PooledBuffer body)
    {
        // Disable Kestrel's own body size limit, whose error response differs from the protocol's.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (context.Request.ContentLength > _options.MaxPayload)
        {
            await RejectTooLargeAsync(context, session);
            return false;
        }

        var reader = context.Request.BodyReader;
        RequestBodyDeadline? deadline = null;
        try
        {
            while (true)
            {
                var reading = reader.ReadAsync(context.RequestAborted);
                if (!reading.IsCompleted)
                {
                    deadline ??= RequestBodyDeadline.Start(runtime, reader);
                }

                var read = await reading;
                if (read.IsCanceled)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    await RejectTooSlowAsync(context, session);
                    return false;
                }

                if (body.Length + read.Buffer.Length > _options.MaxPayload)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    await RejectTooLargeAsync(context, session);
                    return false;
                }

                Append(body, read);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return true;
                }
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            // The body was slower than Kestrel's minimum data rate.
            await RejectTooSlowAsync(context, session);
            return false;
        }
        catch (BadHttpRequestException exception)
        {
            // The body was incomplete or malformed.
            await RejectAsync(context, session, exception.StatusCode, EngineCloseReason.TransportClose);
            return false;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client disconnected, or closing the session aborted the request.
        }
        finally
        {
            deadline?.Dispose();
        }

        session.Close(EngineCloseReason.TransportClose);
        return false;
    }

    private static Task RejectTooLargeAsync(HttpContext context, EngineSession session) =>
        RejectAsync(context, session, StatusCodes.Status413PayloadTooLarge, EngineCloseReason.PayloadTooLarge);

    private static Task RejectTooSlowAsync(HttpContext context, EngineSession session)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // The rest of the body is not read.
            context.Response.Headers.Connection = "close";
        }

        return RejectAsync(context, session, StatusCodes.Status408RequestTimeout, EngineCloseReason.TransportError);
    }

    /// <summary>Sends the error response, then closes the session, so that the client gets the error before its poll ends.</summary>
    private static async Task RejectAsync(HttpContext context, EngineSession session, int status, EngineCloseReason reason)
    {
        context.Response.StatusCode = status;
        // End the post first, so that closing the session does not abort this response.
        session.Polling!.Posts.EndPost();
        await context.Response.CompleteAsync();
        session.Close(reason);
    }

    private static void Append(PooledBuffer body, in ReadResult read)
    {
        foreach (var segment in read.Buffer)
        {
            body.Write(segment.Span);
        }
    }

    /// <summary>Writes a response with packets, of which the first were dequeued from the session.</summary>
    private async Task WritePacketsAsync(
        HttpContext context, EngineRequest request, EngineSession session, List<OutboundPacket> packets, int dequeued)
    {
        try
        {
            using var payload = PollResponseEncoder.Encode(session, request.JsonpIndex, packets, out var contentType, out var compress);
            var response = context.Response;
            _options.OnHeaders?.Invoke(response.Headers, context);
            response.Headers.CacheControl = "no-store";
            response.ContentType = contentType;
            using var compressed = compress && _options.HttpCompression.Enabled
                && payload.Length >= _options.HttpCompression.Threshold
                ? HttpCompression.TryCompress(context, payload.Span)
                : null;
            var body = compressed ?? payload;
            response.ContentLength = body.Length;
            var written = response.Body.WriteAsync(body.Memory, context.RequestAborted);
            if (!written.IsCompletedSuccessfully)
            {
                using var deadline = new ResponseReadDeadline(
                    session, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>());
                await written;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            session.Close(EngineCloseReason.TransportClose);
        }
        catch
        {
            // A callback of the application threw, and the packets are lost.
            session.Close(EngineCloseReason.TransportError);
            throw;
        }
        finally
        {
            var cost = 0;
            for (var i = 0; i < packets.Count; i++)
            {
                cost += i < dequeued ? packets[i].Cost : 0;
                packets[i].Release();
            }

            session.SendQueue.EndPollWrite(cost);
        }
    }

    private static bool IsBinary(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
    }

    private sealed record PollAbort(PollingExchange Polling, HeldPoll Poll)
    {
        public void Abort() => Polling.AbortPoll(Poll);
    }
}
