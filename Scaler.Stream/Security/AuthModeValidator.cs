using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>Requires <c>Scaler:Auth:Mode</c> outside Development: without it, the service does not start.</summary>
internal sealed class AuthModeValidator(IHostEnvironment environment) : IValidateOptions<ScalerOptions>
{
    public ValidateOptionsResult Validate(string? name, ScalerOptions options) =>
        options.Auth.Mode is null && !environment.IsDevelopment()
            ? ValidateOptionsResult.Fail(
                $"{ScalerOptions.Section}:Auth:Mode is not set; outside Development it must be 'Jwt' "
                + "(clients authenticate with a token that contains their account) or 'None' (any client may use any account).")
            : ValidateOptionsResult.Success;
}
