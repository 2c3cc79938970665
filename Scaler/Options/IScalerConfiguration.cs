using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// The options that are bound from configuration. The generated binder would also try to bind the other properties of
/// <see cref="ScalerOptions"/>, whose types have no values in configuration.
/// </summary>
internal interface IScalerConfiguration
{
    string Path { get; set; }

    string Prefix { get; set; }

    bool Strict { get; set; }

    int MaxAccountLength { get; set; }

    int MaxConnectionsPerAccount { get; set; }

    int MaxErrorMessageLength { get; set; }

    ScalerAuthOptions Auth { get; set; }

    ScalerRedisOptions Redis { get; set; }

    ScalerClusterOptions Cluster { get; set; }

    EngineIOOptions EngineIO { get; set; }
}
