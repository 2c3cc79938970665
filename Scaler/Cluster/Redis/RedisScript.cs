using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Provides the Lua scripts of this assembly. The client sends a script once per Redis server, and then calls it by its hash.
/// </summary>
internal static class RedisScript
{
    public static readonly string Renew = Load("clock", "lives", "renew");
    public static readonly string Servers = Load("clock", "servers");
    public static readonly string Leave = Load("leave");
    public static readonly string Registrations = Load("clock", "lives", "registrations");
    public static readonly string Reap = Load("clock", "lives", "reap");
    public static readonly string Send = Load("clock", "send");
    public static readonly string Accounts = Load("clock", "lives", "living", "accounts");
    public static readonly string Range = Load("clock", "lives", "living", "range");
    public static readonly string Connections = Load("clock", "lives", "connections");
    public static readonly string Counts = Load("clock", "counts");
    public static readonly string Holdings = Load("holdings");
    public static readonly string Errors = Load("errors");

    /// <summary>
    /// Concatenates the functions that a script uses and the script itself, which is last. Unused functions would add cost to
    /// each call.
    /// </summary>
    private static string Load(params ReadOnlySpan<string> names)
    {
        var script = new StringBuilder();
        foreach (var name in names)
        {
            script.Append(Read(name));
        }

        return script.ToString();
    }

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The assembly does not contain the script {name}.lua.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
