namespace Scaler.Cluster.Redis.Registry;

/// <summary>Provides the Lua scripts of the registry. Each begins with the functions that it calls.</summary>
internal static class RegistryScripts
{
    public static readonly string Renew = RedisScript.Load("clock", "lives", "renew");
    public static readonly string Servers = RedisScript.Load("servers");
    public static readonly string Leave = RedisScript.Load("leave");
    public static readonly string Registrations = RedisScript.Load("clock", "lives", "registrations");
    public static readonly string Reap = RedisScript.Load("clock", "lives", "reap");
    public static readonly string Accounts = RedisScript.Load("clock", "lives", "living", "accounts");
    public static readonly string Range = RedisScript.Load("clock", "lives", "living", "range");
    public static readonly string Connections = RedisScript.Load("clock", "lives", "connections");
    public static readonly string Counts = RedisScript.Load("clock", "counts");
    public static readonly string Holdings = RedisScript.Load("holdings");
}
