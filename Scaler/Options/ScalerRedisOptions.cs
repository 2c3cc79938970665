using StackExchange.Redis;

namespace Scaler;

/// <summary>
/// Options for the connection to Redis that a connection string cannot express. The application creates the client and can
/// apply these options with <see cref="Parse"/> or <see cref="ApplyTo"/>. Scaler applies them to the connection that it opens
/// itself when a subscription is dead.
/// </summary>
public sealed class ScalerRedisOptions
{
    private const string Tls = "rediss://";
    private const string Plain = "redis://";
    private const string Examples = "use 127.0.0.1:6379,password=… or rediss://user:password@host:6380";

    /// <summary>
    /// Gets or sets the path of a PEM file with the certificate authority that issued the certificate of Redis. The default is
    /// <see langword="null"/>, which uses the system's trusted authorities.
    /// </summary>
    public string? CaCertificate { get; set; }

    /// <summary>
    /// Gets or sets the path of a PEM file with the client certificate. The default is <see langword="null"/>: no client
    /// certificate.
    /// </summary>
    public string? ClientCertificate { get; set; }

    /// <summary>
    /// Gets or sets the path of the PEM file with the private key of <see cref="ClientCertificate"/>. The default is
    /// <see langword="null"/>: the certificate file contains the key.
    /// </summary>
    public string? ClientKey { get; set; }

    /// <summary>
    /// Parses a StackExchange.Redis connection string (<c>host:6379,user=…,password=…,ssl=true</c>) or a URL
    /// (<c>rediss://user:password@host:6380/0?name=value</c>; <c>redis://</c> without TLS), and adds the certificates.
    /// </summary>
    /// <param name="connection">The connection string or URL.</param>
    /// <returns>The options for StackExchange.Redis.</returns>
    /// <exception cref="ArgumentException"><paramref name="connection"/> is null, empty or white space.</exception>
    /// <exception cref="FormatException">
    /// <paramref name="connection"/> could not be parsed. The message does not contain it because it may hold a password.
    /// </exception>
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
            throw new FormatException(
                "The Redis connection string could not be parsed. "
                + "Use the form 'host:6379,password=…,ssl=true' or 'rediss://user:password@host:6380'.");
        }

        ApplyTo(options);
        return options;
    }

    /// <summary>
    /// Converts a Redis URL to a StackExchange.Redis connection string. Returns any other string unchanged. The query
    /// parameters of the URL become options of the connection string.
    /// </summary>
    /// <param name="connection">The connection string or URL.</param>
    /// <returns>The connection string.</returns>
    /// <exception cref="FormatException">
    /// The URL is not valid, or its user, password or database contains a comma, which a connection string cannot represent.
    /// </exception>
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
            throw new FormatException(
                "The Redis URL could not be parsed. Use the form 'rediss://user:password@host:6380' "
                + "and percent-encode special characters in the user and password.");
        }

        var host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.DnsSafeHost}]" : url.Host;
        List<string> parts = [$"{host}:{(url.Port > 0 ? url.Port : 6379)}"];
        var login = url.UserInfo.Split(':', 2);
        var (user, password) = login.Length == 2 ? (login[0], login[1]) : ("", login[0]);
        Add(parts, "user", Uri.UnescapeDataString(user));
        Add(parts, "password", Uri.UnescapeDataString(password));
        Add(parts, "defaultDatabase", url.AbsolutePath.Trim('/'));
        Add(parts, "ssl", tls ? "true" : "");
        parts.AddRange(url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString));
        return string.Join(',', parts);
    }

    /// <summary>Finds the problem with a configured connection string, for a message at start.</summary>
    /// <param name="key">The configuration key, such as <c>ConnectionStrings:redis</c>.</param>
    /// <param name="connection">The connection string or URL; <see langword="null"/> if it is missing.</param>
    /// <returns>
    /// One line with the key, the value without its password, and a remedy; <see langword="null"/> if the value is valid.
    /// </returns>
    public static string? FindProblem(string key, string? connection)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return $"{key} is {(connection is null ? "missing" : "empty")}: set it to the address of the servers' Redis, such as 127.0.0.1:6379";
        }

        try
        {
            return new ScalerRedisOptions().Parse(connection).EndPoints.Count > 0 ? null : $"{key} contains no address: {Examples}";
        }
        catch (FormatException exception)
        {
            // A value that cannot be parsed cannot be redacted either, so only the part before a possible password is shown.
            var scheme = connection.IndexOf("://", StringComparison.Ordinal);
            var shown = scheme >= 0 ? connection[..(scheme + 3)] : connection.Split(',')[0];
            return $"{key} starts with '{shown}' and cannot be parsed: {Examples}. {exception.Message}";
        }
    }

    /// <summary>
    /// Adds the certificates to the options of a StackExchange.Redis client. Enables TLS if a certificate is set.
    /// </summary>
    /// <param name="options">The options to change.</param>
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
            throw new FormatException(
                $"The {name} in the Redis URL contains a comma, which a StackExchange.Redis connection string cannot represent.");
        }

        if (value.Length > 0)
        {
            parts.Add($"{name}={value}");
        }
    }
}
