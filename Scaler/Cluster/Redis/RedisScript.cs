using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>A Lua script of this assembly. The client sends it once per server and calls it by its hash from then on.</summary>
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

    /// <summary>A script is made of what it uses, and of itself at last: what would stand in front unused costs each call.</summary>
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
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
