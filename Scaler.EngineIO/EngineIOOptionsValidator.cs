using System.Globalization;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO;

/// <summary>Validates <see cref="EngineIOOptions"/>. Each failure states the key, its value and the allowed values.</summary>
public sealed class EngineIOOptionsValidator : IValidateOptions<EngineIOOptions>
{
    private static readonly TimeSpan MinDuration = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, EngineIOOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        CheckPath(options.Path, failures);
        CheckDuration(nameof(options.PingInterval), options.PingInterval, MinDuration, failures);
        CheckDuration(nameof(options.PingTimeout), options.PingTimeout, MinDuration, failures);
        CheckDuration(nameof(options.UpgradeTimeout), options.UpgradeTimeout, MinDuration, failures);
        CheckDuration(nameof(options.RequestBodyTimeout), options.RequestBodyTimeout, MinDuration, failures);
        CheckDuration(nameof(options.SlowConsumerTimeout), options.SlowConsumerTimeout, MinDuration, failures);
        CheckDuration(nameof(options.CloseTimeout), options.CloseTimeout, MinDuration, failures);
        CheckDuration(nameof(options.ClosedSessionRetention), options.ClosedSessionRetention, MinDuration, failures);
        CheckDuration(nameof(options.ShutdownBudget), options.ShutdownBudget, TimeSpan.Zero, failures);
        CheckDuration(nameof(options.OpenPacketDelay), options.OpenPacketDelay, TimeSpan.Zero, failures, TimeSpan.FromSeconds(1));
        CheckNumber(nameof(options.MaxPayload), options.MaxPayload, 1, 1 << 30, failures);
        CheckNumber(nameof(options.MaxPacketsPerPayload), options.MaxPacketsPerPayload, 1, int.MaxValue, failures);
        CheckNumber(nameof(options.MaxFragmentsPerMessage), options.MaxFragmentsPerMessage, 1, int.MaxValue, failures);
        CheckNumber(nameof(options.MaxQueuedBytes), options.MaxQueuedBytes, 1024, int.MaxValue / 2, failures);
        CheckNumber(nameof(options.MaxQueuedPackets), options.MaxQueuedPackets, 8, 1 << 24, failures);
        CheckNumber(nameof(options.MaxMessagesPerSecond), options.MaxMessagesPerSecond, 0, int.MaxValue, failures);
        CheckNumber(nameof(options.MaxBytesPerSecond), options.MaxBytesPerSecond, 0, int.MaxValue, failures);
        CheckNumber(nameof(options.MaxHandshakesPerAddress), options.MaxHandshakesPerAddress, 0, int.MaxValue, failures);
        CheckDuration(nameof(options.RateBurst), options.RateBurst, TimeSpan.FromSeconds(1), failures, TimeSpan.FromMinutes(10));
        CheckDuration(nameof(options.HandshakeWindow), options.HandshakeWindow, TimeSpan.FromSeconds(1), failures, TimeSpan.FromHours(1));
        CheckNumber(nameof(options.MaxSessions), options.MaxSessions, 0, int.MaxValue, failures);
        if (options.MaxTotalQueuedBytes < 0)
        {
            failures.Add($"MaxTotalQueuedBytes is {options.MaxTotalQueuedBytes}; it must be 0 or more.");
        }

        CheckNumber(nameof(options.MaxOpenFiles), options.MaxOpenFiles, 0, int.MaxValue, failures);
        CheckNumber(nameof(options.MaxKeptHandshakeLength), options.MaxKeptHandshakeLength, 0, 1 << 20, failures);
        CheckKeptHeaders(options.KeptHeaders, failures);
        CheckBurst(options, failures);
        CheckTransports(options.Transports, failures);
        CheckNestedOptions(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckPath(string? path, List<string> failures)
    {
        if (string.IsNullOrEmpty(path) || path[0] != '/' || path.AsSpan().IndexOfAny("?#{}*") >= 0)
        {
            failures.Add($"{nameof(EngineIOOptions.Path)} is '{path}'; it must begin with '/' and contain none of ? # {{ }} *, such as '/engine.io/'.");
        }
    }

    private static void CheckDuration(string key, TimeSpan value, TimeSpan min, List<string> failures, TimeSpan? max = null)
    {
        var limit = max ?? MaxDuration;
        if (value < min || value > limit)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{key} is {value}; it must be from {min} to {limit}."));
        }
    }

    private static void CheckNumber(string key, int value, int min, int max, List<string> failures)
    {
        if (value < min || value > max)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{key} is {value}; it must be from {min} to {max}."));
        }
    }

    private static void CheckBurst(EngineIOOptions options, List<string> failures)
    {
        if (options.MaxBytesPerSecond > 0 && options.MaxBytesPerSecond * options.RateBurst.TotalSeconds < options.MaxPayload)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"MaxBytesPerSecond is {options.MaxBytesPerSecond}, so no message of MaxPayload ({options.MaxPayload}) could ever pass; with RateBurst {options.RateBurst} it must be at least {Math.Ceiling(options.MaxPayload / options.RateBurst.TotalSeconds)}."));
        }
    }

    private static void CheckTransports(IList<string>? transports, List<string> failures)
    {
        if (transports is null)
        {
            return;
        }

        if (transports.Count == 0)
        {
            failures.Add("Transports is empty; it must contain 'polling', 'websocket' or both, or be omitted to enable both.");
        }

        foreach (var transport in transports)
        {
            if (transport is not ("polling" or "websocket"))
            {
                failures.Add($"Transports holds '{transport}'; it must be 'polling' or 'websocket'.");
            }
        }
    }

    private static void CheckKeptHeaders(IList<string>? names, List<string> failures)
    {
        foreach (var name in (names ?? []).Where(static name => !IsToken(name)))
        {
            failures.Add($"KeptHeaders holds '{name}'; it must be the name of a header, such as 'User-Agent'.");
        }
    }

    private static void CheckNestedOptions(EngineIOOptions options, List<string> failures)
    {
        if (options.HttpCompression is null || options.PerMessageDeflate is null || options.Cookie is null || options.Cors is null)
        {
            failures.Add("HttpCompression, PerMessageDeflate, Cookie and Cors must not be null; set Enabled to false to disable a feature.");
            return;
        }

        CheckNumber("HttpCompression:Threshold", options.HttpCompression.Threshold, 0, int.MaxValue, failures);
        CheckNumber("PerMessageDeflate:Threshold", options.PerMessageDeflate.Threshold, 0, int.MaxValue, failures);
        if (options.Cookie.Enabled && !IsToken(options.Cookie.Name))
        {
            failures.Add($"Cookie:Name is '{options.Cookie.Name}'; it must consist of letters, digits and -_.~, such as 'io'.");
        }

        if (!options.Cors.Enabled)
        {
            return;
        }

        if (options.Cors.Origins.Count == 0)
        {
            failures.Add("Cors:Origins is empty; it must list the allowed origins, such as 'https://app.example.org', or '*' for all origins.");
        }

        foreach (var origin in options.Cors.Origins.Where(static origin => !OriginPolicy.IsValidEntry(origin)))
        {
            failures.Add(
                $"Cors:Origins holds '{origin}'; it must be an origin without a path, such as 'https://app.example.org', "
                + "'https://*.example.org' or 'http://localhost:*', or '*' for all origins.");
        }

        if (options.Cors.Credentials && options.Cors.Origins.Contains("*"))
        {
            failures.Add("Cors:Credentials is true while Cors:Origins holds '*'; list the origins that may send cookies instead.");
        }
    }

    private static bool IsToken(string? name) =>
        !string.IsNullOrEmpty(name) && name.All(static character => char.IsAsciiLetterOrDigit(character) || "-_.~".Contains(character));
}
