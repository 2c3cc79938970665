using StackExchange.Redis;

namespace Scaler;

/// <summary>Distinguishes failures of Redis from faults of the program.</summary>
public static class RedisFailure
{
    /// <summary>
    /// Determines whether an exception means that Redis failed or did not answer in time. The Redis client also cancels its
    /// operations, for example when a connection is lost while it waits for an answer. Only a cancellation by the caller is not a
    /// failure of Redis.
    /// </summary>
    /// <param name="exception">The exception of a Redis operation.</param>
    /// <param name="cancellationToken">The token that the caller passed to the operation.</param>
    /// <returns><see langword="true"/> if Redis failed; otherwise, <see langword="false"/>.</returns>
    public static bool Is(Exception exception, CancellationToken cancellationToken = default) =>
        exception is RedisException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
