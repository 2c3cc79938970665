using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Represents a response that is buffered until it is complete.</summary>
internal sealed class PeerResponse : IHttpResponseFeature
{
    private Stack<(Func<object, Task> Callback, object State)>? _starting;
    private Stack<(Func<object, Task> Callback, object State)>? _completed;

    public PeerResponse() => BodyFeature = new StreamResponseBodyFeature(Bytes);

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

    /// <summary>Gets <see langword="false"/>, because a buffered response is not sent before it is complete.</summary>
    public bool HasStarted => false;

    public void OnStarting(Func<object, Task> callback, object state) => (_starting ??= new()).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (_completed ??= new()).Push((callback, state));

    /// <summary>
    /// Completes the body after the application has finished. Runs the <see cref="OnStarting"/> callbacks, last registered first.
    /// </summary>
    public async Task StartAsync()
    {
        await RunAsync(_starting);
        await BodyFeature.CompleteAsync();
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
}
