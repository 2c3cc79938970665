using Microsoft.Extensions.Options;

namespace Scaler.ServiceDefaults;

/// <summary>Validates <see cref="TelemetryOptions"/> when the service starts.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    private static readonly TimeSpan MaxFlushTimeout = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        options.FlushTimeout >= TimeSpan.Zero && options.FlushTimeout <= MaxFlushTimeout
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{TelemetryOptions.Section}:{nameof(options.FlushTimeout)} is {options.FlushTimeout:c}; it must be from 00:00:00 to {MaxFlushTimeout:c}.");
}
