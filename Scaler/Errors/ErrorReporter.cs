namespace Scaler;

/// <summary>Counts the error events of a server and raises them on its <see cref="ScalerErrors"/>.</summary>
internal sealed class ErrorReporter(ScalerErrors errors, ScalerMetrics metrics, TimeProvider time, string serverId)
{
    public void Raise(string name, string? account, string? connectionId, params IReadOnlyList<string> arguments)
    {
        metrics.ErrorRaised(name);
        errors.Raise(new ScalerError
        {
            Name = name,
            Arguments = arguments,
            At = time.GetUtcNow(),
            Server = serverId,
            Account = account,
            ConnectionId = connectionId,
        });
    }
}
