using System.IO.Pipelines;

namespace Scaler.EngineIO.Http;

/// <summary>Operations on a request body that one thread reads and another one cancels.</summary>
internal static class RequestBody
{
    /// <summary>Cancels the pending read of a request body. Does nothing if the request was aborted meanwhile.</summary>
    /// <remarks>
    /// Kestrel's reader throws the reason of the abort from <see cref="PipeReader.CancelPendingRead"/>. The reading thread gets
    /// the same exception; in a timer callback, it would end the process.
    /// </remarks>
    public static void CancelRead(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The request was aborted: its read ends by itself.
        }
    }
}
