using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents a response that is buffered until it is complete, and then sent once. The application may complete it before it
/// finishes with the request.
/// </summary>
internal sealed class PeerResponse : IHttpResponseFeature
{
    private readonly PeerExchange _exchange;
    private Stack<(Func<object, Task> Callback, object State)>? _starting;
    private Stack<(Func<object, Task> Callback, object State)>? _completed;

    public PeerResponse(PeerExchange exchange) => (_exchange, BodyFeature) = (exchange, new ResponseBody(this));

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>Gets the buffered body.</summary>
    public MemoryStream Bytes { get; } = new();

    /// <summary>Gets the body feature that the application writes to.</summary>
    public StreamResponseBodyFeature BodyFeature { get; }

    [SuppressMessage("Design", "CA1065", Justification = "The member is obsolete in favor of IHttpResponseBodyFeature.")]
    public Stream Body
    {
        get => BodyFeature.Stream;
        set => throw new NotSupportedException("Use IHttpResponseBodyFeature to replace the response body.");
    }

    /// <summary>Gets a value indicating whether the response has been sent. It is not sent before it is complete.</summary>
    public bool HasStarted { get; private set; }

    public void OnStarting(Func<object, Task> callback, object state) => (_starting ??= new()).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (_completed ??= new()).Push((callback, state));

    /// <summary>Sends the response, unless it has been sent.</summary>
    public ValueTask SendAsync()
    {
        if (HasStarted)
        {
            return default;
        }

        HasStarted = true;
        return _exchange.SendAsync(this);
    }

    /// <summary>Runs the <see cref="OnCompleted"/> callbacks after the response has been sent.</summary>
    public Task CompleteAsync() => RunAsync(_completed);

    /// <summary>Replaces the response with an empty one that has the given status.</summary>
    public void Reset(int status)
    {
        StatusCode = status;
        Headers.Clear();
        Bytes.SetLength(0);
    }

    private static async Task RunAsync(Stack<(Func<object, Task> Callback, object State)>? callbacks)
    {
        while (callbacks?.TryPop(out var next) == true)
        {
            await next.Callback(next.State);
        }
    }

    private sealed class ResponseBody(PeerResponse response) : StreamResponseBodyFeature(response.Bytes)
    {
        /// <summary>
        /// Completes the body and sends the response. Runs the <see cref="OnStarting"/> callbacks, last registered first.
        /// </summary>
        public override async Task CompleteAsync()
        {
            await RunAsync(response._starting);
            await base.CompleteAsync();
            await response.SendAsync();
        }
    }
}
