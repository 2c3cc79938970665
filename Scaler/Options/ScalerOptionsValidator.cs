using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Validates <see cref="ScalerOptions"/>. Each failure names the configuration key, its value and the expected value. Secrets
/// are hidden.
/// </summary>
public sealed class ScalerOptionsValidator : IValidateOptions<ScalerOptions>
{
    private static readonly SearchValues<char> ServerIdChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> PrefixChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ScalerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        void Check(bool isValid, string key, object? value, string expected)
        {
            if (!isValid)
            {
                failures.Add($"{ScalerOptions.Section}:{key} is '{value}'; it must be {expected}.");
            }
        }

        void CheckTime(TimeSpan value, string key, TimeSpan min, TimeSpan max) =>
            Check(value >= min && value <= max, key, value, $"between {min} and {max}");

        var cluster = options.Cluster;
        Check(options.Path is ['/', ..], "Path", options.Path, "a path that begins with '/'");
        Check(options.Prefix is { Length: > 0 and <= 64 } && !options.Prefix.AsSpan().ContainsAnyExcept(PrefixChars),
            "Prefix", options.Prefix, "1 to 64 letters, digits, '-', '_', '.' or ':'");
        Check(options.MaxAccountLength is >= 1 and <= 1024, "MaxAccountLength", options.MaxAccountLength, "between 1 and 1024");
        Check(options.MaxConnectionsPerAccount >= 0,
            "MaxConnectionsPerAccount", options.MaxConnectionsPerAccount, "0 (no limit) or more");
        Check(options.MaxErrorMessageLength is >= 0 and <= 1_000_000,
            "MaxErrorMessageLength", options.MaxErrorMessageLength, "between 0 and 1000000");
        Check(options.Json.TypeInfoResolver is not null || JsonSerializer.IsReflectionEnabledByDefault,
            "Json", "without a TypeInfoResolver", "options with a JsonSerializerContext, because JSON reflection is disabled");
        CheckAuth(options.Auth, Check);
        CheckCertificates(
            "Redis", options.Redis.CaCertificate, options.Redis.ClientCertificate, options.Redis.ClientKey, Check);
        CheckCertificates("Cluster", cluster.CaCertificate, cluster.ClientCertificate, cluster.ClientKey, Check);
        failures.AddRange((new EngineIOOptionsValidator().Validate(null, options.EngineIO).Failures ?? [])
            .Select(static failure => $"{ScalerOptions.Section}:EngineIO:{failure}"));
        Check(cluster.ServerId is null
                || (cluster.ServerId.Length is > 0 and <= 32
                    && !cluster.ServerId.AsSpan().ContainsAnyExcept(ServerIdChars)),
            "Cluster:ServerId", cluster.ServerId, "1 to 32 letters, digits, '-' or '_'");
        Check(cluster.AdvertisedUrl is null || ServerUrl.IsValid(cluster.AdvertisedUrl),
            "Cluster:AdvertisedUrl", cluster.AdvertisedUrl,
            "an absolute http or https URL without a path, query, fragment and user information");
        var weakness = cluster.Secret is null ? null : SecretStrength.FindWeakness(cluster.Secret);
        Check(weakness is null, "Cluster:Secret", "(hidden)", $"a random text of 32 characters or more; it {weakness}");
        Check(cluster.Secret is not null || cluster.AdditionalSecrets.Count == 0,
            "Cluster:AdditionalSecrets", "(hidden)", "empty unless Cluster:Secret is set");
        for (var i = 0; i < cluster.AdditionalSecrets.Count; i++)
        {
            weakness = SecretStrength.FindWeakness(cluster.AdditionalSecrets[i]);
            Check(weakness is null,
                $"Cluster:AdditionalSecrets:{i}", "(hidden)", $"a random text of 32 characters or more; it {weakness}");
        }

        CheckTime(cluster.LeaseDuration, "Cluster:LeaseDuration", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(cluster.LeaseRenewal > TimeSpan.Zero && cluster.LeaseRenewal * 2 < cluster.LeaseDuration,
            "Cluster:LeaseRenewal", cluster.LeaseRenewal,
            $"more than zero and less than half of Cluster:LeaseDuration ({cluster.LeaseDuration})");
        CheckTime(
            cluster.RegistrationTimeout, "Cluster:RegistrationTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
        CheckTime(cluster.SendTimeout, "Cluster:SendTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        CheckTime(cluster.ReceiptTimeout, "Cluster:ReceiptTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        CheckTime(
            cluster.ForwardConnectTimeout, "Cluster:ForwardConnectTimeout",
            TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        CheckTime(cluster.DrainBudget, "Cluster:DrainBudget", TimeSpan.Zero, TimeSpan.FromMinutes(10));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckCertificates(
        string section, string? authority, string? certificate, string? key, Action<bool, string, object?, string> check)
    {
        const string File = "the path of a PEM file that can be read";
        var isReadable = HasCertificate(certificate);
        check(HasCertificate(authority), section + ":CaCertificate", authority, File + ", with a certificate in it");
        check(isReadable, section + ":ClientCertificate", certificate, File + ", with a certificate in it");
        if (key is not null)
        {
            check(certificate is not null && (!isReadable || HasKey(certificate, key)),
                section + ":ClientKey", key, File + $", with the key of {section}:ClientCertificate");
        }
        else if (certificate is not null && isReadable)
        {
            check(HasKey(certificate, null),
                section + ":ClientKey", null,
                File + $", with the key of {section}:ClientCertificate, because that file does not contain it");
        }
    }

    private static bool HasCertificate(string? path) => path is null || CanRead(() =>
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        certificates[0].Dispose();
    });

    private static bool HasKey(string certificate, string? key) =>
        CanRead(() => X509Certificate2.CreateFromPemFile(certificate, key).Dispose());

    private static bool CanRead(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // The file is missing, unreadable, empty, or does not contain the expected PEM data.
            return false;
        }
    }

    private static void CheckAuth(ScalerAuthOptions auth, Action<bool, string, object?, string> check)
    {
        check(auth.Mode is null || Enum.IsDefined(auth.Mode.Value), "Auth:Mode", auth.Mode, "'None' or 'Jwt'");
        check(!string.IsNullOrWhiteSpace(auth.AccountClaim),
            "Auth:AccountClaim", auth.AccountClaim, "the name of the claim that holds the account, such as 'account'");
        check(!string.IsNullOrWhiteSpace(auth.UserClaim),
            "Auth:UserClaim", auth.UserClaim, "the name of the claim that holds the user, such as 'sub'");
        if (auth.Mode != ScalerAuthMode.Jwt)
        {
            return;
        }

        var jwt = auth.Jwt;
        var (authority, key) = (!string.IsNullOrWhiteSpace(jwt.Authority), !string.IsNullOrWhiteSpace(jwt.SigningKey));
        check(authority || key,
            "Auth:Jwt:Authority", jwt.Authority,
            "the https URL of the provider that issues the tokens, unless Auth:Jwt:SigningKey is set");
        check(!authority || !key,
            "Auth:Jwt:SigningKey", "(hidden)",
            "unset when Auth:Jwt:Authority is set: only one of the two may provide the signing key");
        check(!authority || (Uri.TryCreate(jwt.Authority, UriKind.Absolute, out var url)
                && (url.Scheme == "https" || (url.Scheme == "http" && !jwt.RequireHttps))),
            "Auth:Jwt:Authority", jwt.Authority, "an absolute https URL, or an http URL with Auth:Jwt:RequireHttps set to false");
        var expected = key ? JwtSigningKey.Validate(jwt.SigningKey!) : null;
        check(expected is null, "Auth:Jwt:SigningKey", "(hidden)", expected ?? "");
        check(key || jwt.AdditionalSigningKeys.Count == 0,
            "Auth:Jwt:AdditionalSigningKeys", "(hidden)", "empty unless Auth:Jwt:SigningKey is set");
        for (var i = 0; i < jwt.AdditionalSigningKeys.Count; i++)
        {
            expected = JwtSigningKey.Validate(jwt.AdditionalSigningKeys[i]);
            check(expected is null, $"Auth:Jwt:AdditionalSigningKeys:{i}", "(hidden)", expected ?? "");
        }

        check(!key || !string.IsNullOrWhiteSpace(jwt.Issuer),
            "Auth:Jwt:Issuer", jwt.Issuer, "the 'iss' of the tokens, which is required with Auth:Jwt:SigningKey");
        check(!string.IsNullOrWhiteSpace(jwt.Audience),
            "Auth:Jwt:Audience", jwt.Audience, "the 'aud' of the tokens that are issued for this service");
        check(jwt.ClockSkew >= TimeSpan.Zero && jwt.ClockSkew <= TimeSpan.FromMinutes(10),
            "Auth:Jwt:ClockSkew", jwt.ClockSkew, $"between {TimeSpan.Zero} and {TimeSpan.FromMinutes(10)}");
    }
}
