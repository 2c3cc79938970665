using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Loads the Lua scripts of this assembly. The client sends a script once per Redis server, and then calls it by its hash.
/// </summary>
internal static class RedisScript
{
    /// <summary>
    /// Concatenates the functions that a script uses and the script itself, which is last. Unused functions would add cost to
    /// each call.
    /// </summary>
    public static string Load(params ReadOnlySpan<string> names)
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
