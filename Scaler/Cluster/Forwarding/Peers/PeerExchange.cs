using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Answers a request that another server has forwarded.</summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "The token source has no timer or wait handle, and a late cancellation must not throw.")]
internal sealed partial class PeerExchange(PeerServerConnection answerer, uint number, PeerRequest request, PeerApplication application, ILogger logger)
    : IHttpRequestLifetimeFeature, IPollReleaseFeature, IThreadPoolWorkItem
{
    private readonly CancellationTokenSource _aborted = new();
    private volatile bool _isCanceled;
    private volatile bool _isReleased;
    private volatile Action? _release;

    public uint Number => number;

    public CancellationToken RequestAborted { get; set; }

    /// <summary>Aborts the request on behalf of the application.</summary>
    public void Abort() => _aborted.Cancel();

    /// <summary>Aborts the request because the client no longer waits for the response.</summary>
    public void Cancel()
    {
        _isCanceled = true;
        _aborted.Cancel();
    }

    /// <summary>Answers a held poll request now, because the server that forwarded it is about to stop.</summary>
    public void Release()
    {
        _isReleased = true;
        Interlocked.MemoryBarrier();
        _release?.Invoke();
    }

    /// <inheritdoc/>
    public void OnReleaseRequested(Action release)
    {
        // Either this method or Release sees what the other one has written; the callback may run twice.
        _release = release;
        Interlocked.MemoryBarrier();
        if (_isReleased)
        {
            release();
        }
    }

    /// <summary>Sends the complete response, or a notice if the application has aborted the request.</summary>
    public async ValueTask SendAsync(PeerResponse response)
    {
        if (!_aborted.IsCancellationRequested)
        {
            await answerer.SendResponseAsync(number, response);
        }
        else if (!_isCanceled)
        {
            answerer.SendAborted(number);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        RequestAborted = _aborted.Token;
        var response = new PeerResponse(this);
        var features = new FeatureCollection(8);
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response.BodyFeature);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IPollReleaseFeature>(this);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = request.Client });
        features.Set(request);
        var context = application.Contexts.Create(features);
        try
        {
            ForwardedUser.Restore(context, request.User);
            await RunAsync(context, response);
            await response.SendAsync();
            await response.CompleteAsync();
        }
        catch (Exception exception)
        {
            LogFailure(LogText.Escape(exception));
        }
        finally
        {
            answerer.Ended(this);
            application.Contexts.Dispose(context);
        }
    }

    private async Task RunAsync(HttpContext context, PeerResponse response)
    {
        using var activity = ActivityContext.TryParse(request.Trace, null, isRemote: true, out var trace)
            ? ScalerMetrics.Activities.StartActivity("scaler.answer", ActivityKind.Server, trace)
            : null;
        try
        {
            await application.Endpoint(context);
            await response.BodyFeature.CompleteAsync();
        }
        catch (BadHttpRequestException exception)
        {
            response.Reset(exception.StatusCode);
        }
        catch (Exception exception) when (!_aborted.IsCancellationRequested)
        {
            // Respond as Kestrel does to an unhandled exception.
            LogFailure(LogText.Escape(exception));
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            response.Reset(StatusCodes.Status500InternalServerError);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The application observed the abort. No client is waiting for a response.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A request forwarded by another server failed.")]
    private partial void LogFailure(Exception exception);
}
