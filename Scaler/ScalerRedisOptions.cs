using StackExchange.Redis;

namespace Scaler;

/// <summary>
/// How Redis is spoken to beyond what a connection string says. The client that a server is given belongs to whoever made it; these are for
/// whoever makes it by <see cref="Parse"/>, and for the connection that Scaler opens itself where a subscription is dead.
/// </summary>
public sealed class ScalerRedisOptions
{
    private const string Tls = "rediss://";
    private const string Plain = "redis://";

    /// <summary>The path of a PEM file with the certificates of whoever has signed that of Redis. Default null: whom the system trusts.</summary>
    public string? CaCertificate { get; set; }

    /// <summary>The path of a PEM file with the certificate by which this process proves who it is. Default null: none.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>The path of the PEM file with the key of <see cref="ClientCertificate"/>. Default null: the key is in the same file.</summary>
    public string? ClientKey { get; set; }

    /// <summary>
    /// Reads a connection string of StackExchange.Redis (<c>host:6379,user=…,password=…,ssl=true</c>) or a URL
    /// (<c>rediss://user:password@host:6380/0?name=value</c>; <c>redis://</c> without TLS), and adds the certificates.
    /// </summary>
    /// <param name="connection">The connection string.</param>
    /// <exception cref="FormatException">It is none; what it holds is not in the message, for there may be a password in it.</exception>
    public ConfigurationOptions Parse(string connection)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(ToConnectionString(connection));
        }
        catch (ArgumentException)
        {
            throw new FormatException("The connection string of Redis cannot be read; it must be like 'host:6379,password=…,ssl=true' or 'rediss://user:password@host:6380'.");
        }

        ApplyTo(options);
        return options;
    }

    /// <summary>
    /// Turns a URL of Redis into the form that StackExchange.Redis reads; anything else is given back as it is. What stands in the URL's query is
    /// passed on as options.
    /// </summary>
    /// <exception cref="FormatException">It begins like a URL, but is none, or its user or password has a comma, which the other form cannot hold.</exception>
    public static string ToConnectionString(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var tls = connection.StartsWith(Tls, StringComparison.OrdinalIgnoreCase);
        if (!tls && !connection.StartsWith(Plain, StringComparison.OrdinalIgnoreCase))
        {
            return connection;
        }

        if (!Uri.TryCreate(connection, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw new FormatException("The URL of Redis cannot be read; it must be like 'rediss://user:password@host:6380', with what is special in user and password escaped by '%'.");
        }

        List<string> parts = [$"{(url.HostNameType == UriHostNameType.IPv6 ? $"[{url.DnsSafeHost}]" : url.Host)}:{(url.Port > 0 ? url.Port : 6379)}"];
        var login = url.UserInfo.Split(':', 2);
        var (user, password) = login.Length == 2 ? (login[0], login[1]) : ("", login[0]);
        Add(parts, "user", Uri.UnescapeDataString(user));
        Add(parts, "password", Uri.UnescapeDataString(password));
        Add(parts, "defaultDatabase", url.AbsolutePath.Trim('/'));
        Add(parts, "ssl", tls ? "true" : "");
        parts.AddRange(url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString));
        return string.Join(',', parts);
    }

    /// <summary>Adds the certificates to a client's options. They say that TLS is used too, where a certificate is set.</summary>
    /// <param name="options">The client's options.</param>
    public void ApplyTo(ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (CaCertificate is { } authority)
        {
            options.TrustIssuer(authority);
            options.Ssl = true;
        }

        if (ClientCertificate is { } certificate)
        {
            options.SetUserPemCertificate(certificate, ClientKey);
            options.Ssl = true;
        }
    }

    private static void Add(List<string> parts, string name, string value)
    {
        if (value.Contains(',', StringComparison.Ordinal))
        {
            throw new FormatException($"The {name} in the URL of Redis has a comma, which StackExchange.Redis cannot read from a connection string.");
        }

        if (value.Length > 0)
        {
            parts.Add($"{name}={value}");
        }
    }
}
