using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scaler.Cluster.Peers;

/// <summary>A response that is kept until it is whole.</summary>
internal sealed class PeerResponse : IHttpResponseFeature
{
    private Stack<(Func<object, Task> Callback, object State)>? _starting;
    private Stack<(Func<object, Task> Callback, object State)>? _completed;

    public PeerResponse() => Sink = new StreamResponseBodyFeature(Bytes);

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>What has been written.</summary>
    public MemoryStream Bytes { get; } = new();

    /// <summary>Where the application writes.</summary>
    public StreamResponseBodyFeature Sink { get; }

    [SuppressMessage("Design", "CA1065", Justification = "A part of the interface that gave way to IHttpResponseBodyFeature.")]
    public Stream Body
    {
        get => Sink.Stream;
        set => throw new NotSupportedException("The body is that of IHttpResponseBodyFeature.");
    }

    /// <summary>Never, for nothing is sent before the end.</summary>
    public bool HasStarted => false;

    public void OnStarting(Func<object, Task> callback, object state) => (_starting ??= new()).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (_completed ??= new()).Push((callback, state));

    /// <summary>Nothing more will be written: who wanted to know before the first byte is sent is told now, the last first.</summary>
    public async Task StartAsync()
    {
        await RunAsync(_starting);
        await Sink.CompleteAsync();
    }

    /// <summary>It has been sent.</summary>
    public Task CompleteAsync() => RunAsync(_completed);

    /// <summary>Has a status and nothing else.</summary>
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
