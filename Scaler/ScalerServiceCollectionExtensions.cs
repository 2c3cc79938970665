using Microsoft.Extensions.DependencyInjection;

namespace Scaler;

/// <summary>Adds Scaler to an application's services.</summary>
public static class ScalerServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ScalerCluster"/>: for an application that looks at the cluster and sends to it but takes no connections itself.
    /// Needs an <see cref="StackExchange.Redis.IConnectionMultiplexer"/> among the services.
    /// </summary>
    public static IServiceCollection AddScalerCluster(this IServiceCollection services) => services.AddSingleton<ScalerCluster>();
}
