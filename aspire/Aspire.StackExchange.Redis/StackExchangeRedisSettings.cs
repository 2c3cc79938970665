namespace Aspire.StackExchange.Redis;

/// <summary>Stands in for Aspire's class of the same name: how the Redis client is added.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string; that of the connection's name by default.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether to do without the health check; false by default.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether to do without traces. None are made here, so it has no effect.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether to connect only when the client is first asked for. It always is so here.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
