namespace Scaler.Cluster.Redis;

/// <summary>A Lua script of this assembly. The client sends it once per server and calls it by its hash from then on.</summary>
internal static class RedisScript
{
    private static readonly string Prelude = Read("prelude");

    public static readonly string Renew = Load("renew");
    public static readonly string Servers = Load("servers");
    public static readonly string Leave = Load("leave");
    public static readonly string Register = Load("register");
    public static readonly string Unregister = Load("unregister");
    public static readonly string Reap = Load("reap");
    public static readonly string Send = Load("send");
    public static readonly string Broadcast = Load("broadcast");
    public static readonly string Accounts = Load("accounts");
    public static readonly string Range = Load("range");
    public static readonly string Connections = Load("connections");
    public static readonly string Counts = Load("counts");
    public static readonly string Holdings = Load("holdings");
    public static readonly string Errors = Load("errors");

    private static string Load(string name) => Prelude + Read(name);

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
