using System.Globalization;

namespace Scaler.Benchmarks.Seeding;

/// <summary>Represents the options of the <c>seed</c> command: the Redis, the size of the simulation and its duration.</summary>
internal sealed record SeedOptions
{
    public string Redis { get; init; } = "127.0.0.1:6379";

    public string Prefix { get; init; } = "scaler";

    /// <summary>Gets the cluster's secret; <see langword="null"/> to use the secret that is stored in Redis.</summary>
    public string? Secret { get; init; }

    public int Servers { get; init; } = 10;

    public int Accounts { get; init; } = 20_000;

    public int Connections { get; init; } = 100_000;

    public int ErrorsPerSecond { get; init; } = 200;

    public int MessagesPerSecond { get; init; } = 100;

    public int Seconds { get; init; } = 60;

    public static string Usage =>
        "seed [--redis host:port] [--prefix scaler] [--secret …] [--servers 10] [--accounts 20000] [--connections 100000] " +
        "[--errors 200] [--messages 100] [--seconds 60]";

    /// <summary>Parses the command line.</summary>
    /// <exception cref="FormatException">An option is unknown, or its value is missing or out of range.</exception>
    public static SeedOptions Parse(string[] arguments)
    {
        var options = new SeedOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length
                ? arguments[i + 1]
                : throw new FormatException($"The option {arguments[i]} requires a value. {Usage}");
            options = arguments[i] switch
            {
                "--redis" => options with { Redis = value },
                "--prefix" => options with { Prefix = value },
                "--secret" => options with { Secret = value },
                "--servers" => options with { Servers = Number(value, 1, 1000) },
                "--accounts" => options with { Accounts = Number(value, 1, 10_000_000) },
                "--connections" => options with { Connections = Number(value, 1, 10_000_000) },
                "--errors" => options with { ErrorsPerSecond = Number(value, 0, 10_000) },
                "--messages" => options with { MessagesPerSecond = Number(value, 0, 10_000) },
                "--seconds" => options with { Seconds = Number(value, 1, 3600) },
                _ => throw new FormatException($"The option '{arguments[i]}' is unknown. {Usage}"),
            };

            int Number(string text, int min, int max) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max
                    ? number
                    : throw new FormatException($"The value of {arguments[i]} is '{text}', but must be a number from {min} to {max}. {Usage}");
        }

        return options;
    }
}
